/** How long a pod may take to end itself; what it asks for beyond that it does not get. */
export const POD_GRACE_SECONDS = 30;
/** After its grace a pod has so long to be gone; then its finalizers and its object are removed. */
const MARGIN_SECONDS = 10;
/** So long after the deletion was asked for, pods that are still there are deleted by force. */
export const FORCE_AFTER_SECONDS = POD_GRACE_SECONDS + MARGIN_SECONDS;
/** So long a deletion by force may take. */
export const FORCE_SECONDS = 20;

/** What to do about pods that are to end. */
export interface PodEnd {
  /** Names to delete, by the grace period in seconds that they get. */
  readonly deletions: ReadonlyMap<number, readonly string[]>;
  /** Pods whose finalizers are to be removed, once their deletion has been asked for. */
  readonly finalized: readonly string[];
}

/**
 * What to do about pods that have been asked to end for so many seconds. Nothing that a pod says
 * lets it stay: its grace period is cut, and after `FORCE_AFTER_SECONDS` no finalizer counts.
 */
export function podEnd(pods: readonly KubeObject[], seconds: number): PodEnd {
  const force = seconds >= FORCE_AFTER_SECONDS;
  const graceOf = (pod: KubeObject) => (force ? 0 : Math.min(askedGrace(pod), POD_GRACE_SECONDS));
  const due = pods.filter((pod) => graceLeft(pod) > (force ? 0 : POD_GRACE_SECONDS));
  const names = (some: readonly KubeObject[]) => some.map(({ metadata }) => metadata.name).sort();
  return {
    deletions: new Map([...Map.groupBy(due, graceOf)].map(([grace, some]) => [grace, names(some)])),
    finalized: force ? names(pods.filter(hasFinalizers)) : [],
  };
}

/** The pods that a controller has made and owns. */
export function podsOf(owner: KubeObject | undefined, pods: readonly KubeObject[]) {
  const uid = owner?.metadata.uid;
  if (uid === undefined) return [];
  return pods.filter(({ metadata: { ownerReferences = [] } }: KubeObject) =>
    ownerReferences.some((reference) => reference.controller === true && reference.uid === uid),
  );
}

/** The grace period of a deletion that is under way; without one there is no end to it. */
function graceLeft({ metadata }: KubeObject): number {
  if (metadata.deletionTimestamp === undefined) return Infinity;
  return metadata.deletionGracePeriodSeconds ?? 0;
}

function askedGrace(pod: KubeObject): number {
  const { terminationGracePeriodSeconds = POD_GRACE_SECONDS } = (pod as Pod).spec ?? {};
  return terminationGracePeriodSeconds;
}

function hasFinalizers({ metadata: { finalizers = [] } }: KubeObject): boolean {
  return finalizers.length > 0;
}
import type { KubeObject, Pod } from '@tenantry/plan';
