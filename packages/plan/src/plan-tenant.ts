import { isDeepStrictEqual } from 'node:util';
import type { V1StatefulSet } from '@kubernetes/client-node';
import { type Change, isBlocked, type LifeCycleChange } from './change.ts';
import { hashOf } from './content.ts';
import { inventoryOf, toPrune } from './inventory.ts';
import { type KubeObject, type ObjectOf, referenceOf } from './kube-object.ts';
import type { ObservedTenant } from './observed.ts';
import { foreignPauses, isBarePod, nameInside } from './pause-drift.ts';
import { type ClusterBlock, openingObstacle } from './openings.ts';
import { NOTHING_SEEN, planObjects } from './plan-objects.ts';
import { type Obstacle, obstacleTo } from './preconditions.ts';
import { isReleaseKnown, planRelease } from './plan-release.ts';
import { replicasOf } from './replicas.ts';
import { restoreObstacle } from './restore-progress.ts';
import { appliedIn, EMPTY_RECORD } from './record.ts';
import type { Risk } from './risks/risk.ts';
import { risksOf } from './risks/risks-of.ts';
import { versionObstacle } from './version-obstacle.ts';
import type { WantedTenant } from './wanted.ts';

/** What a deploy does for one tenant. */
export interface TenantPlan {
  readonly id: string;
  /** Why nothing is written for it; null where nothing stands in the way of all. */
  readonly obstacle: Obstacle | null;
  readonly state: WantedTenant['state'];
  /** In the order in which they are carried out. */
  readonly changes: readonly Change[];
  /** Objects of the tenant's own cluster that are to change once it is resumed. */
  readonly deferred: readonly string[];
  /** Why its own cluster could not be compared; null where it was, or has nothing to compare. */
  readonly unseen: string | null;
  /** What its inventory names and deploy leaves alone: it is not this tenant's. */
  readonly leftAlone: readonly string[];
  /** Secrets like Helm's that the chart cannot have left: deleted before Helm reads them. */
  readonly forged: readonly { readonly secret: string; readonly why: string }[];
  /** What its changes may do that a person should know before. */
  readonly risks: readonly Risk[];
  /** Whether something was found as wanted that was not known to be: it is noted. */
  readonly note: boolean;
}

/** A tenant of which the host shows nothing. */
export const ABSENT: ObservedTenant = {
  namespace: null,
  record: EMPTY_RECORD,
  host: NOTHING_SEEN,
  release: { keeper: 'deploy', secrets: null, records: null, chart: null, live: new Map() },
  statefulSet: null,
  controlPlane: [],
  pods: [],
  virtual: { kind: 'none' },
};

/** Decides what a deploy does for one tenant. */
export function planTenant(
  wanted: WantedTenant,
  seen: ObservedTenant,
  clusterBlocks: readonly ClusterBlock[],
): TenantPlan {
  const { id, state } = wanted;
  const { record, namespace, statefulSet } = seen;
  const base = {
    id,
    state,
    obstacle: null,
    changes: [],
    deferred: [],
    unseen: null,
    leftAlone: [],
    forged: [],
    risks: [],
    note: false,
  };
  const obstacle =
    obstacleTo(wanted, {
      namespace: namespace ?? undefined,
      statefulSet: statefulSet ?? undefined,
    }) ??
    restoreObstacle(wanted, namespace) ??
    versionObstacle(wanted, seen) ??
    openingObstacle(wanted, clusterBlocks);
  if (obstacle !== null) return { ...base, obstacle };
  const current = inventoryOf(wanted.hostObjects, wanted.virtualObjects, record.inventory.release);
  const prune = toPrune(id, record.inventory, current);
  const host = planObjects(
    'host',
    namespacesFirst(wanted.hostObjects),
    prune.host,
    seen.host,
    appliedIn('host', record.applied),
  );
  const release = planRelease(
    wanted,
    seen.release,
    record.release,
    appliedIn('vcluster', record.applied),
    record.inventory.release,
    statefulSet,
  );
  const active = state === 'active';
  const virtual = active ? planVirtual(wanted, seen, prune.virtual) : NO_CHANGES;
  const lifeCycle = lifeCycleChanges(wanted, seen, release.helm !== null);
  const changes = [
    ...lifeCycle,
    ...host.changes,
    ...(release.helm === null ? [] : [release.helm]),
    ...release.changes,
    ...virtual.changes,
  ];
  const learnt = [...host.learnt, ...release.learnt, ...virtual.learnt];
  const blocked = changes.some(isBlocked);
  return {
    ...base,
    changes,
    deferred: active ? [] : deferredOf(wanted, seen, prune.virtual),
    unseen: seen.virtual.kind === 'unseen' && active ? seen.virtual.why : null,
    leftAlone: [...record.refused, ...prune.refused],
    forged: release.forged,
    risks: [
      ...lifeCycleRisks(wanted, lifeCycle),
      ...[host, release, virtual].flatMap(({ risks }) => risks),
    ],
    note:
      !blocked &&
      (learnt.length > 0 ||
        record.former ||
        isForgetful(wanted, seen, current) ||
        !isReleaseKnown(seen.release.secrets, record.release, wanted)),
  };
}

const NO_CHANGES = { changes: [], learnt: [], risks: [] };

/** What a deploy does in the tenant's own cluster, as far as it can be seen. */
export function planVirtual(
  { virtualObjects }: Pick<WantedTenant, 'virtualObjects'>,
  { virtual, record, statefulSet }: Pick<ObservedTenant, 'virtual' | 'record' | 'statefulSet'>,
  surplus: readonly string[],
): ReturnType<typeof planObjects> {
  // A cluster that is not there yet holds nothing.
  if (virtual.kind === 'unseen' || (virtual.kind === 'none' && statefulSet !== null)) {
    return NO_CHANGES;
  }
  const seen = virtual.kind === 'seen' ? virtual.seen : NOTHING_SEEN;
  return planObjects(
    'virtual',
    virtualObjects,
    surplus,
    seen,
    appliedIn('virtual', record.applied),
  );
}

/** What has to be put right of a tenant's life before anything else is done. */
function lifeCycleChanges(
  { state, values }: WantedTenant,
  { statefulSet, controlPlane, pods }: ObservedTenant,
  helmRuns: boolean,
): readonly LifeCycleChange[] {
  const changes: LifeCycleChange[] = [];
  const wanted = state === 'active' ? replicasOf(values) : 0;
  const live: ObjectOf<V1StatefulSet> | null = statefulSet;
  const { replicas = 1 } = live?.spec ?? {};
  // An upgrade starts the control plane as well, and starts it once.
  if (statefulSet !== null && replicas !== wanted && !(helmRuns && wanted > 0)) {
    const barePods = wanted === 0 ? pods.filter(isBarePod).map(nameInside).sort() : [];
    changes.push({ layer: 'vcluster', kind: 'scale', from: replicas, to: wanted, barePods });
  }
  const annotations = foreignPauses(statefulSet ?? undefined);
  if (annotations.length > 0) {
    changes.push({ layer: 'vcluster', kind: 'forget-pause', annotations });
  }
  if (state !== 'active' && pods.length + controlPlane.length > 0) {
    changes.push({ layer: 'vcluster', kind: 'remove-pods', pods: pods.length });
  }
  return changes;
}

/** The risks of stopping what runs. */
function lifeCycleRisks(
  { state, chartVersion }: Pick<WantedTenant, 'state' | 'chartVersion'>,
  changes: readonly LifeCycleChange[],
): readonly Risk[] {
  if (!changes.some((change) => change.kind === 'scale' && change.to === 0)) return [];
  const [before, after] = [
    { state: 'active' as const, chartVersion },
    { state, chartVersion },
  ];
  return risksOf('control plane', { kind: 'tenant', before, after });
}

/** What of virtual/ is not as it was applied last: it waits for the resume. */
function deferredOf(
  { virtualObjects }: WantedTenant,
  { record }: ObservedTenant,
  surplus: readonly string[],
): readonly string[] {
  const applied = appliedIn('virtual', record.applied);
  const changed = virtualObjects.filter(
    (object) => applied.get(referenceOf(object))?.from !== hashOf(object),
  );
  return [...changed.map(referenceOf), ...surplus];
}

/** Whether an inventory lacks, or still has, what dist/ has, or has not. */
function isForgetful(
  { state }: WantedTenant,
  { record: { inventory } }: ObservedTenant,
  current: ReturnType<typeof inventoryOf>,
): boolean {
  return (
    !isDeepStrictEqual(inventory.host, current.host) ||
    (state === 'active' && !isDeepStrictEqual(inventory.virtual, current.virtual))
  );
}

export function namespacesFirst(objects: readonly KubeObject[]): readonly KubeObject[] {
  const rank = ({ kind }: KubeObject) => (kind === 'Namespace' ? 0 : 1);
  return objects.toSorted((a, b) => rank(a) - rank(b));
}
