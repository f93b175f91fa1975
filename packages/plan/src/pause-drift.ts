import { hostNamespace, type State, SYNCED_LABEL, vclusterName } from '@tenantry/tenants';
import type { KubeObject } from './kube-object.ts';

/** What has to be put right of a tenant's life on the host before anything else is done. */
export interface LifeDrift {
  readonly id: string;
  /** Whether a control plane runs that dist/ holds at zero. */
  readonly running: boolean;
  /** Annotations by which `vcluster pause` keeps its own book. */
  readonly foreign: readonly string[];
  /** The tenant's pods that nothing would make again: `namespace/name` as the tenant calls them. */
  readonly barePods: readonly string[];
}

interface Life {
  readonly id: string;
  readonly state: State;
}

/** Compares the states that are wanted with StatefulSets and pods of the host. */
export function lifeDrifts(
  tenants: readonly Life[],
  seen: readonly KubeObject[],
): readonly LifeDrift[] {
  const byNamespace = Map.groupBy(seen, ({ metadata }) => metadata.namespace ?? '');
  return tenants
    .map(({ id, state }) => driftOf(id, state, byNamespace.get(hostNamespace(id)) ?? []))
    .filter(({ running, foreign }) => running || foreign.length > 0);
}

function driftOf(id: string, state: State, objects: readonly KubeObject[]): LifeDrift {
  const statefulSet = objects.find(
    ({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === vclusterName(id),
  );
  const { replicas = 0 } = (statefulSet?.['spec'] ?? {}) as { readonly replicas?: number };
  const running = state !== 'active' && replicas > 0;
  return {
    id,
    running,
    foreign: foreignPauses(statefulSet),
    barePods: running ? objects.filter(isBarePod).map(nameInside).sort() : [],
  };
}

/** The annotations of a `vcluster pause`, which its `resume` and `connect` go by. */
export function foreignPauses(statefulSet: KubeObject | undefined): readonly string[] {
  return Object.keys(statefulSet?.metadata.annotations ?? {})
    .filter((key) => key.startsWith('loft.sh/paused'))
    .sort();
}

/** The syncer notes a pod's owners inside on the pod outside; without any it is bare. */
function isBarePod({ kind, metadata }: KubeObject): boolean {
  return (
    kind === 'Pod' &&
    metadata.labels?.[SYNCED_LABEL] !== undefined &&
    metadata.annotations?.['vcluster.loft.sh/owner-references'] === undefined
  );
}

/** What an object of the host's is called in the tenant's cluster: `namespace/name`. */
export function nameInside({ metadata: { annotations = {}, name } }: KubeObject): string {
  const inside = annotations['vcluster.loft.sh/object-name'] ?? name;
  return `${annotations['vcluster.loft.sh/object-namespace'] ?? '?'}/${inside}`;
}
