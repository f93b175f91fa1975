import {
  controlPlaneClaim,
  MAINTENANCE_QUOTA,
  SYNCED_LABEL,
  vclusterName,
} from '@tenantry/tenants';
import type { KubeObject } from '@tenantry/plan';
import { fixtureClaim } from './fixtures.ts';

/** Kubernetes makes these in every namespace. */
const EVERYWHERE = ['ServiceAccount/default', 'ConfigMap/kube-root-ca.crt'];

/** The kinds that a syncer brings to the host; its marks on anything else are forged. */
const SYNCED_KINDS = new Set([
  'Pod',
  'Service',
  'Secret',
  'ConfigMap',
  'PersistentVolumeClaim',
  'Event',
]);

const UNKNOWN = 'unknown to the virtual cluster';

/** A marked object as the virtual cluster knows it: its uid, by `Pod default/app`. */
export type VirtualUids = ReadonlyMap<string, string>;

export interface Expected {
  readonly id: string;
  /** The objects of dist/ and of the rendered chart, and the Secrets with its kubeconfig. */
  readonly declared: readonly Pick<KubeObject, 'kind' | 'metadata'>[];
  /** Of the kinds in `compared`; null where the virtual cluster was not asked. */
  readonly virtual: VirtualUids | null;
  /** The kinds whose counterparts are in `virtual`. */
  readonly compared: ReadonlySet<string>;
}

/**
 * What lies in a tenant's host namespace and belongs neither to dist/, nor to the chart, nor to what
 * its syncer has brought there from an object of the virtual cluster: `Deployment/miner`. Marks
 * alone prove nothing, since whoever holds the syncer can write them.
 */
export function unexpectedObjects(
  objects: readonly KubeObject[],
  { id, declared, virtual, compared }: Expected,
): readonly string[] {
  const vcluster = vclusterName(id);
  const known = new Set([
    ...EVERYWHERE,
    // Its certificates.
    `Secret/${vcluster}-certs`,
    `PersistentVolumeClaim/${controlPlaneClaim(id)}`,
    // Made by verify itself for as long as it runs.
    `PersistentVolumeClaim/${fixtureClaim(id)}`,
    ...declared.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
  ]);
  const statefulSet = objects.find(
    ({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === vcluster,
  )?.metadata.uid;
  const claimed = new Map<string, number>();
  for (const object of objects) {
    const uid = uidOf(object);
    if (isMarked(object, vcluster) && uid !== '')
      claimed.set(`${object.kind} ${uid}`, (claimed.get(`${object.kind} ${uid}`) ?? 0) + 1);
  }

  /** Why a marked object is not what it says, or null. */
  const forged = (object: KubeObject): string | null => {
    if (!SYNCED_KINDS.has(object.kind)) return 'marked as synced, which this kind never is';
    const { annotations = {} } = object.metadata;
    const namespace = annotations['vcluster.loft.sh/object-namespace'] ?? '';
    const name = annotations['vcluster.loft.sh/object-name'] ?? '';
    const uid = uidOf(object);
    if (!compared.has(object.kind)) return null;
    if (uid === '') return UNKNOWN;
    if (virtual === null) return null;
    if (virtual.get(`${object.kind} ${namespace}/${name}`) !== uid) return UNKNOWN;
    return (claimed.get(`${object.kind} ${uid}`) ?? 0) > 1
      ? 'another object has the same counterpart'
      : null;
  };
  const pods = new Set(
    objects
      .filter((object) => object.kind === 'Pod' && isMarked(object, vcluster))
      .map(({ metadata }) => metadata.uid),
  );
  const reasonOf = (object: KubeObject): string | null => {
    const { kind, metadata } = object;
    if (known.has(`${kind}/${metadata.name}`)) return null;
    if (isMaintenanceQuota(object)) return null;
    if (kind === 'Secret' && metadata.name.startsWith(`sh.helm.release.v1.${vcluster}.v`))
      return null;
    const owners = (metadata.ownerReferences ?? []).map(({ uid }) => uid);
    if (kind === 'Pod' && metadata.name === `${vcluster}-0` && owners.includes(statefulSet ?? '-'))
      return null;
    if (isMarked(object, vcluster)) return forged(object);
    // The token of a synced pod belongs to the pod.
    if (kind === 'Secret' && owners.some((uid) => pods.has(uid))) return null;
    return '';
  };
  return objects
    .flatMap((object) => {
      const reason = reasonOf(object);
      if (reason === null) return [];
      const name = `${object.kind}/${object.metadata.name}`;
      return [reason === '' ? name : `${name} (${reason})`];
    })
    .sort();
}

function isMarked({ metadata }: KubeObject, vcluster: string): boolean {
  return metadata.labels?.[SYNCED_LABEL] === vcluster;
}

function uidOf({ metadata }: KubeObject): string {
  return metadata.annotations?.['vcluster.loft.sh/object-uid'] ?? '';
}

/** It only takes away, so it is harmless in whatever state the tenant is. */
function isMaintenanceQuota({ kind, metadata, ...rest }: KubeObject): boolean {
  return (
    kind === 'ResourceQuota' &&
    metadata.name === MAINTENANCE_QUOTA &&
    JSON.stringify((rest['spec'] as { readonly hard?: object } | undefined)?.hard) ===
      '{"pods":"1"}'
  );
}

/** The uids of a virtual cluster's objects, as `unexpectedObjects` looks them up. */
export function virtualUids(kind: string, objects: readonly KubeObject[]): VirtualUids {
  return new Map(
    objects.map(({ metadata }) => [
      `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
      metadata.uid ?? '',
    ]),
  );
}
