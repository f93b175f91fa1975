export type { Fault } from './fault.ts';
export { InvalidTenants } from './fault.ts';
export { dateOf, dayOf, isDate } from './calendar.ts';
export { covers, LINK_LOCAL, overlaps } from './cidr.ts';
export type { TenantKeys } from './edit-tenants.ts';
export {
  addReceipt,
  addTenant,
  pinRelease,
  removeTenant,
  setEngine,
  setTenantKeys,
  stateFields,
} from './edit-tenants.ts';
export * from './footprint.ts';
export * from './limits.ts';
export { runtimeClassOf } from './plan-values.ts';
export type { Transition } from './lifecycle.ts';
export { applyTransition, dueTransitions, isUnpaid, pausedAfter } from './lifecycle.ts';
export * from './names.ts';
export { valueAt } from './explain.ts';
export { offboardedByOperator, pausedByOperator, reasonOf, resumedByOperator } from './operator.ts';
export { parseFormerTenants, parseTenants } from './parse.ts';
export {
  formatBytes,
  formatCpu,
  parseBytes,
  parseCpu,
  parseQuantity,
  quantityMilliValue,
  quantityValue,
  UnreadableQuantity,
} from './quantity.ts';
export type { HeldTransition, PossibleTransitions } from './room.ts';
export { splitByRoom } from './room.ts';
export { DEFAULT_PLAN, isId, jsonSchema } from './schema.ts';
export { suggest } from './suggest.ts';
export type {
  ArgoCd,
  Capacity,
  Egress,
  Engine,
  Fleet,
  Flux,
  Gateway,
  Host,
  NodePort,
  PauseSource,
  Plan,
  Receipt,
  Release,
  Resources,
  State,
  Tenant,
  Wave,
} from './tenant.ts';
export {
  DEFAULT_ENGINE,
  DEFAULT_HOST,
  ENGINES,
  LAST_WAVE,
  PAUSE_SOURCES,
  STATES,
} from './tenant.ts';
export type { Period, Usage, Version, Volume } from './usage.ts';
export { HOURS_A_MONTH, usageOf } from './usage.ts';
