import { LAST_WAVE } from '@tenantry/tenants';
import type { Answer, Applied, Layer, Write } from '../src/dry-run.ts';
import { fingerprintOf, hashOf } from '../src/content.ts';
import { writesToTry } from '../src/dry-run.ts';
import type { Release } from '../src/helm-release.ts';
import { type KubeObject, referenceOf } from '../src/kube-object.ts';
import type { Observed, ObservedTenant } from '../src/observed.ts';
import type { ObjectsSeen } from '../src/plan-objects.ts';
import { EMPTY_RECORD, keyOf, type TenantRecord } from '../src/record.ts';
import type { WantedTenant } from '../src/wanted.ts';

const NAMESPACE = 'vcluster-tenant-alice';

export function object(
  kind: string,
  name: string,
  rest: object = {},
  { namespace = NAMESPACE, apiVersion = 'v1' }: { namespace?: string; apiVersion?: string } = {},
): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace }, ...rest };
}

export const NAMESPACE_OBJECT: KubeObject = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: NAMESPACE, labels: { 'tenantry.dev/tenant': 'alice' } },
};
export const QUOTA = object('ResourceQuota', 'tenant-alice', { spec: { hard: { pods: '20' } } });
export const CONFIG_MAP = object(
  'ConfigMap',
  'tenant-id',
  { data: { NAME: 'Alice' } },
  { namespace: 'default' },
);

export function alice(changes: Partial<WantedTenant> = {}): WantedTenant {
  return {
    id: 'alice',
    state: 'active',
    images: { app: 'tenantry/app:new' },
    chartVersion: '0.36.0',
    wave: LAST_WAVE,
    hostObjects: [QUOTA, NAMESPACE_OBJECT],
    virtualObjects: [CONFIG_MAP],
    values: { a: 1 },
    ...changes,
  };
}

/** An object as a server has it: with what every server adds. */
export function living(
  wanted: KubeObject,
  changes: object = {},
  metadata: object = {},
): KubeObject {
  return {
    ...wanted,
    status: { phase: 'Active' },
    ...changes,
    metadata: { ...wanted.metadata, uid: 'u', resourceVersion: '7', ...metadata },
  };
}

/** The server answers a write with what was written: it keeps nothing that is not said. */
export function obey(write: Write): Answer {
  return { write, kind: 'object', object: write.body };
}

export function seen(
  layer: Layer,
  wanted: readonly KubeObject[],
  live: readonly KubeObject[],
  {
    applied = new Map(),
    answer = obey,
    takeOver = false,
  }: {
    readonly applied?: ReadonlyMap<string, Applied>;
    readonly answer?: (write: Write) => Answer;
    readonly takeOver?: boolean;
  } = {},
): ObjectsSeen {
  const byReference = new Map(live.map((each) => [referenceOf(each), each]));
  const writes = writesToTry(layer, wanted, byReference, applied, takeOver);
  return {
    live: byReference,
    answers: new Map(writes.map((write) => [referenceOf(write.body), answer(write)])),
  };
}

export function appliedOf(layer: Layer, objects: readonly KubeObject[]): Map<string, Applied> {
  return new Map(
    objects.map((each) => [
      keyOf(layer, referenceOf(each)),
      { from: hashOf(each), to: fingerprintOf(layer, each, each) },
    ]),
  );
}

export function statefulSet(replicas = 1, annotations: object = {}): KubeObject {
  return living(
    object('StatefulSet', 'tenant-alice', { spec: { replicas } }, { apiVersion: 'apps/v1' }),
    {},
    { annotations },
  );
}

export function release(changes: Partial<Release> = {}): Release {
  return {
    revision: 1,
    status: 'deployed',
    chart: 'vcluster-0.36.0',
    values: { a: 1 },
    objects: [],
    digest: 'sha256:1',
    ...changes,
  };
}

/** What deploy has noted of Alice after it made all as it is wanted. */
export function recordOf(wanted: WantedTenant): TenantRecord {
  return {
    ...EMPTY_RECORD,
    inventory: {
      host: wanted.hostObjects
        .filter(({ kind }) => kind !== 'Namespace')
        .map(referenceOf)
        .sort(),
      virtual: wanted.virtualObjects.map(referenceOf).sort(),
      release: 'sha256:1',
    },
    applied: new Map([
      ...appliedOf('host', wanted.hostObjects),
      ...appliedOf('virtual', wanted.virtualObjects),
    ]),
    release: {
      digest: 'sha256:1',
      secrets: 'known',
      values: hashOf(wanted.values),
      chart: `vcluster-${wanted.chartVersion}`,
    },
  };
}

/** Alice as she is after a deploy of `deployed`. */
export function observedAlice(
  changes: Partial<ObservedTenant> = {},
  deployed: WantedTenant = alice(),
): ObservedTenant {
  const paused = deployed.state !== 'active';
  return {
    namespace: living(NAMESPACE_OBJECT),
    record: recordOf(deployed),
    host: {
      live: new Map(deployed.hostObjects.map((each) => [referenceOf(each), living(each)])),
      answers: new Map(),
    },
    release: { keeper: 'deploy', secrets: 'known', records: null, chart: null, live: new Map() },
    statefulSet: statefulSet(paused ? 0 : 1),
    controlPlane: [],
    pods: [],
    virtual: paused
      ? { kind: 'none' }
      : {
          kind: 'seen',
          seen: {
            live: new Map(deployed.virtualObjects.map((each) => [referenceOf(each), living(each)])),
            answers: new Map(),
          },
        },
    ...changes,
  };
}

export function observed(tenant: ObservedTenant | null, changes: Partial<Observed> = {}): Observed {
  return {
    context: 'kind-tenantry',
    hostWide: { live: new Map(), answers: new Map() },
    hostWideRecord: EMPTY_RECORD,
    tenants: new Map(tenant === null ? [] : [['alice', tenant]]),
    objects: [],
    clusterBlocks: [],
    live: tenant === null ? [] : ['alice'],
    ...changes,
  };
}
