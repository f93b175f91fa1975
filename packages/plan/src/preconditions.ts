import type { V1Namespace, V1StatefulSetSpec } from '@kubernetes/client-node';
import { parseBytes, valueAt } from '@tenantry/tenants';
import type { Json, KubeObject, ObjectOf } from './kube-object.ts';

/** A field of a living control plane that Kubernetes never changes, and that dist/ wants otherwise. */
export interface ImmutableChange {
  /** Path of the vcluster value. */
  readonly value: string;
  readonly live: string;
  readonly wanted: string;
}

type StatefulSetSpec = Json<V1StatefulSetSpec>;

interface ImmutableField {
  readonly value: string;
  /** What the chart takes where no value is given. */
  readonly chartDefault: unknown;
  readonly live: (spec: StatefulSetSpec) => unknown;
  readonly equals?: (a: string, b: string) => boolean;
}

const CLAIM = 'controlPlane.statefulSet.persistence.volumeClaim';
const claimOf = ({ volumeClaimTemplates = [] }: StatefulSetSpec) => volumeClaimTemplates[0]?.spec;

/** What of a StatefulSet's immutable fields the chart takes from values; the rest is its name. */
const IMMUTABLE: readonly ImmutableField[] = [
  {
    value: `${CLAIM}.storageClass`,
    chartDefault: '',
    live: (spec) => claimOf(spec) && (claimOf(spec)?.storageClassName ?? ''),
  },
  {
    value: `${CLAIM}.size`,
    chartDefault: '5Gi',
    live: (spec) => claimOf(spec)?.resources?.requests?.storage,
    equals: (a, b) => a === b || (parseBytes(a) !== null && parseBytes(a) === parseBytes(b)),
  },
  {
    value: `${CLAIM}.accessModes`,
    chartDefault: ['ReadWriteOnce'],
    live: (spec) => claimOf(spec)?.accessModes,
  },
  {
    value: 'controlPlane.statefulSet.scheduling.podManagementPolicy',
    chartDefault: 'Parallel',
    live: ({ podManagementPolicy }) => podManagementPolicy,
  },
];

/** What of a living control plane cannot become what the values want. */
export function immutableChanges(
  statefulSet: KubeObject | undefined,
  values: unknown,
): readonly ImmutableChange[] {
  if (statefulSet === undefined) return [];
  const spec = (statefulSet['spec'] ?? {}) as StatefulSetSpec;
  return IMMUTABLE.flatMap(({ value, chartDefault, live: liveOf, equals = Object.is }) => {
    const found = liveOf(spec);
    if (found === undefined) return [];
    const live = show(found);
    const wanted = show(valueAt(values, value.split('.')) ?? chartDefault);
    return equals(live, wanted) ? [] : [{ value, live, wanted }];
  });
}

/** The paths of values from which the chart makes such fields, where two versions differ. */
export function immutableValues(before: unknown, after: unknown): readonly string[] {
  return IMMUTABLE.filter(({ value, chartDefault, equals = Object.is }) => {
    const path = value.split('.');
    const [was, is] = [before, after].map((values) => show(valueAt(values, path) ?? chartDefault));
    return !equals(was ?? '', is ?? '');
  }).map(({ value }) => value);
}

/** Why nothing may be written for a tenant: what, why, and what to do. */
export interface Obstacle {
  readonly what: string;
  readonly why: string;
  readonly todo: string;
}

/** The first thing for which a deploy of a tenant must write nothing; null where there is none. */
export function obstacleTo(
  { id, values }: { readonly id: string; readonly values: unknown },
  {
    namespace,
    statefulSet,
  }: { readonly namespace: KubeObject | undefined; readonly statefulSet: KubeObject | undefined },
): Obstacle | null {
  const deleted = namespace?.metadata.deletionTimestamp;
  if (namespace !== undefined && deleted !== undefined) {
    return {
      what: `namespace ${namespace.metadata.name} is being deleted, since ${deleted}`,
      why: holdUps(namespace).join('; ') || 'nothing can be made in it any more',
      todo: `wait until it is gone (kubectl get namespace ${namespace.metadata.name}), then run pnpm deploy ${id} again`,
    };
  }
  const changes = immutableChanges(statefulSet, values);
  if (changes.length === 0) return null;
  const list = changes.map(
    ({ value, live, wanted }) => `${value} is ${quote(live)}, and dist/ wants ${quote(wanted)}`,
  );
  return {
    what: `the control plane of ${id} cannot be changed so; nothing was written`,
    why: `${list.join('; ')}: Kubernetes never changes the volume of a StatefulSet that lives`,
    todo: `set it back in tenants.json and run pnpm synth; to move the tenant to it, do so, then pnpm offboard ${id}, change it, and pnpm restore ${id} --from its archive`,
  };
}

/** What holds up the end of a namespace, as its conditions say. */
export function holdUps(namespace: KubeObject): readonly string[] {
  const { conditions = [] } = (namespace as ObjectOf<V1Namespace>).status ?? {};
  return conditions
    .filter((condition) => condition.status === 'True')
    .map(({ type, message }) => `${type}: ${message}`);
}

function show(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function quote(text: string): string {
  return text === '' ? "the cluster's default" : JSON.stringify(text);
}
