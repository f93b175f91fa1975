import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, referenceOf } from './kube-object.ts';

/**
 * What of `archived` is not in `restored` as it was: a line per object. What a cluster makes again
 * by itself and what belongs to where it runs (addresses, nodes, statuses) is not compared.
 */
export function differences(
  archived: readonly KubeObject[],
  restored: readonly KubeObject[],
): readonly string[] {
  const found = new Map(restored.map((object) => [referenceOf(object), object]));
  return comparable(archived).flatMap((object) => {
    const reference = referenceOf(object);
    const other = found.get(reference);
    if (other === undefined) return [`${reference} is missing`];
    const [before, after] = [essenceOf(object), essenceOf(other)];
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((key) => !isDeepStrictEqual(before[key], after[key]))
      .sort();
    return keys.length === 0 ? [] : [`${reference} differs in ${keys.join(', ')}`];
  });
}

/** The objects of which a restore must bring back each. */
export function comparable(objects: readonly KubeObject[]): readonly KubeObject[] {
  return objects.filter((object) => !isRemade(object));
}

/** Kinds that a running cluster writes by itself, all the time or each time it starts. */
const REMADE_KINDS = new Set(['ComponentStatus', 'Event', 'IPAddress', 'Lease', 'Node']);

/** ConfigMaps with the cluster's own certificates. */
const REMADE_NAMES = new Set(['kube-root-ca.crt', 'extension-apiserver-authentication']);

/** By such a label a controller knows what it has made and will make again. */
const REMADE_LABELS: Readonly<Record<string, string>> = {
  APIService: 'kube-aggregator.kubernetes.io/automanaged',
  Endpoints: 'endpoints.kubernetes.io/managed-by',
  EndpointSlice: 'endpointslice.kubernetes.io/managed-by',
};

function isRemade({ kind, metadata }: KubeObject): boolean {
  const { name, labels = {}, annotations = {}, deletionTimestamp } = metadata;
  if (REMADE_KINDS.has(kind) || deletionTimestamp !== undefined) return true;
  if (labels[REMADE_LABELS[kind] ?? ''] !== undefined) return true;
  switch (kind) {
    case 'ConfigMap':
      return REMADE_NAMES.has(name);
    // The API server's own addresses.
    case 'Endpoints':
    case 'EndpointSlice':
      return metadata.namespace === 'default' && name === 'kubernetes';
    // Its owner makes another one, under another name.
    case 'Job':
    case 'Pod':
      return hasController(metadata);
    // The syncer's picture of a volume of the host.
    case 'PersistentVolume':
      return Object.keys(annotations).some((key) => key.startsWith('vcluster.loft.sh/'));
    default:
      return false;
  }
}

function hasController(metadata: KubeObject['metadata']): boolean {
  const { ownerReferences = [] } = metadata as {
    ownerReferences?: readonly { readonly controller?: boolean }[];
  };
  return ownerReferences.some(({ controller }) => controller === true);
}

type Fields = Record<string, unknown>;

/** An object's fields, but for those that depend on the cluster that it is in. */
function essenceOf(object: KubeObject): Fields {
  const { kind } = object;
  const {
    metadata,
    status: _,
    ...rest
  } = structuredClone(object) as unknown as {
    readonly metadata: Fields;
    readonly status?: unknown;
    readonly spec?: Fields;
  };
  for (const key of ['managedFields', 'resourceVersion']) delete metadata[key];
  if (kind === 'Service') {
    // The syncer makes a Service anew, since the host gives it another address.
    for (const key of ['creationTimestamp', 'generation', 'uid']) delete metadata[key];
    for (const port of (rest.spec?.['ports'] ?? []) as Fields[]) delete port['nodePort'];
  }
  for (const key of HOST_FIELDS[kind] ?? []) delete rest.spec?.[key];
  const described = Object.entries(metadata).map(([key, value]) => [`metadata.${key}`, value]);
  return { ...(Object.fromEntries(described) as Fields), ...rest };
}

/** What of a spec the host decides. */
const HOST_FIELDS: Readonly<Record<string, readonly string[]>> = {
  PersistentVolumeClaim: ['volumeName'],
  Pod: ['nodeName'],
  Service: ['clusterIP', 'clusterIPs', 'healthCheckNodePort'],
};
