export { comparable, differences } from './compare-objects.ts';
export { diagnose, type Diagnosis, evidence } from './diagnose.ts';
export { describeChange, distChanges, type DistChange } from './dist-diff.ts';
export { driftedObjects } from './drift.ts';
export { type KubeObject, objectOf, parseObjects, referenceOf } from './kube-object.ts';
export { hasRoom } from './node-capacity.ts';
export { foreignPauses, type LifeDrift, lifeDrifts, nameInside } from './pause-drift.ts';
export {
  holdUps,
  type ImmutableChange,
  immutableChanges,
  type Obstacle,
  obstacleTo,
} from './preconditions.ts';
export { type TenantStatus, tenantStatuses } from './tenant-status.ts';
export { type Place, placeOf } from './vcluster-ref.ts';
export type { WantedTenant } from './wanted.ts';
