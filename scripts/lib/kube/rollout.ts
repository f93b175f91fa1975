import type { CoreV1Event, V1DaemonSet, V1Deployment, V1StatefulSet } from '@tenantry/kube-library';
import type { KubeObject, ObjectOf } from '@tenantry/plan';

/** How long a cause must stay before a wait is given up: schedulers and syncers try again at first. */
const PATIENCE_MILLISECONDS = 10_000;

/** Counts how long there has been some cause or other without a break. */
export function createGracePeriod(
  now: () => number = () => performance.now(),
  limit = PATIENCE_MILLISECONDS,
) {
  let since: number | null = null;
  return {
    isOver(causes: readonly string[]): boolean {
      if (causes.length === 0) since = null;
      else since ??= now();
      return since !== null && now() - since >= limit;
    },
  };
}

type Workload = ObjectOf<V1Deployment> & ObjectOf<V1StatefulSet> & ObjectOf<V1DaemonSet>;

/**
 * A workload with its pods and what is told of them, out of all that a namespace holds: what else
 * runs there, a tenant's own pods for one, says nothing of this workload.
 */
export function objectsOf(
  workload: KubeObject,
  objects: readonly KubeObject[],
): readonly KubeObject[] {
  const { kind, metadata, spec } = workload as Workload;
  const labels = Object.entries(spec?.selector.matchLabels ?? {});
  const { name } = metadata;
  const isTold = (of: string) => of === name || of.startsWith(`${name}-`);
  return objects.filter((object) => {
    if (object.kind === 'Event') {
      return isTold((object as ObjectOf<CoreV1Event>).involvedObject.name ?? '');
    }
    if (object.kind !== 'Pod') return object.kind === kind && object.metadata.name === name;
    return labels.every(([key, value]) => object.metadata.labels?.[key] === value);
  });
}

/** Whether a Deployment, StatefulSet or DaemonSet runs as it was last asked to, and nothing older. */
export function isRolledOut(object: KubeObject): boolean {
  const { kind, metadata, spec, status } = object as Workload;
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false;
  if (kind === 'DaemonSet') {
    const wanted = status?.desiredNumberScheduled ?? 0;
    return status?.updatedNumberScheduled === wanted && status.numberAvailable === wanted;
  }
  const wanted = spec?.replicas ?? 1;
  if ((status?.replicas ?? 0) !== wanted || (status?.updatedReplicas ?? 0) !== wanted) return false;
  const up = kind === 'StatefulSet' ? status?.readyReplicas : status?.availableReplicas;
  return (up ?? 0) === wanted;
}
