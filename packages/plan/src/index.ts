export {
  type Change,
  isBlocked,
  type LifeCycleChange,
  type ObjectChange,
  type ReleaseChange,
} from './change.ts';
export { chartObjects } from './chart-objects.ts';
export { contentOf, fingerprintOf, hashOf } from './content.ts';
export {
  describeDone,
  describeDrift,
  describeObstacle,
  type Done,
  somethingDone,
} from './describe.ts';
export { diagnose, type Diagnosis, diagnostics } from './diagnose.ts';
export {
  type Answer,
  type Applied,
  type Conflict,
  isUnchanged,
  type Layer,
  nextWrite,
  replacement,
  withoutField,
  type Write,
  writesToTry,
} from './dry-run.ts';
export { type FieldChange, fieldChanges } from './field-diff.ts';
export * from './helm-release.ts';
export * from './inventory.ts';
export {
  type Json,
  type KubeObject,
  type ObjectIdentity,
  objectOf,
  type ObjectOf,
  parseObjects,
  partsOf,
  referenceOf,
} from './kube-object.ts';
export { hasRoom } from './node-capacity.ts';
export type { Observed, ObservedRelease, ObservedTenant, ObservedVirtual } from './observed.ts';
export { type LiveVersions, liveVersions } from './live-versions.ts';
export { foreignPauses, nameInside } from './pause-drift.ts';
export { type Dist, isEmpty, type Plan, plan } from './plan.ts';
export { parsePlans, planDifferences, planEvents, serializePlans } from './plan-json.ts';
export { NOTHING_SEEN, type ObjectsSeen, planObjects } from './plan-objects.ts';
export { isChartUnchanged, isReleaseKnown, upgradeReasons } from './plan-release.ts';
export {
  ABSENT,
  namespacesFirst,
  planTenant,
  planVirtual,
  type TenantPlan,
} from './plan-tenant.ts';
export {
  appliedIn,
  EMPTY_RECORD,
  keyOf,
  memoryData,
  parseMemory,
  type ReleaseMark,
  type TenantRecord,
} from './record.ts';
export { type ClusterBlock, egressOf, hasOpenings, nameserversOf, nodeBlocks } from './openings.ts';
export {
  holdUps,
  type ImmutableChange,
  immutableChanges,
  type Obstacle,
  obstacleTo,
} from './preconditions.ts';
export {
  type RestoreProgress,
  restoreProgressOf,
  restoreProgressText,
  unfinishedRestore,
} from './restore-progress.ts';
export { minorSteps } from './risks/versions.ts';
export { renderPlan } from './render-plan.ts';
export { type TenantStatus, tenantStatuses, withPlanned } from './tenant-status.ts';
export { isReady, type Pod } from './pod.ts';
export { hostnamesOf, isRoute, routeFaults } from './route.ts';
export { type Place, placeOf } from './vcluster-ref.ts';
export { KUBERNETES_TAG } from './version-obstacle.ts';
export type { WantedTenant } from './wanted.ts';
export { type RolloutWave, wavesOf } from './waves.ts';
export { named, orphanLines } from './wording.ts';
export { fleetVersions } from './review/tenants-file.ts';
export type { RenderedChart } from './review/group-files.ts';
export { type Review, review } from './review/review.ts';
export { reviewEvents, reviewJsonSchema } from './review/review-json.ts';
export { reviewMarkdown } from './review/review-markdown.ts';
export { renderReview } from './review/render-review.ts';
export type { FileVersions, TreeFile } from './review/tree-file.ts';
