export type { Fault } from './fault.ts';
export { InvalidTenants } from './fault.ts';
export { dateOf, dayOf, isDate } from './calendar.ts';
export { covers, LINK_LOCAL } from './cidr.ts';
export type { TenantKeys } from './edit-tenants.ts';
export { addReceipt, addTenant, lifeKeys, removeTenant, setTenantKeys } from './edit-tenants.ts';
export * from './footprint.ts';
export * from './limits.ts';
export { runtimeClassOf } from './plan-values.ts';
export type { Turn } from './lifecycle.ts';
export { afterTurn, dueTurns, isUnpaid } from './lifecycle.ts';
export * from './names.ts';
export { offboardedByOperator, pausedByOperator, reasonOf, resumedByOperator } from './operator.ts';
export { parseTenants } from './parse.ts';
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
export { jsonSchema } from './schema.ts';
export { suggest } from './suggest.ts';
export type {
  Fleet,
  Host,
  NodePort,
  Pauser,
  Plan,
  Receipt,
  Resources,
  State,
  Tenant,
} from './tenant.ts';
export { PAUSERS, STATES } from './tenant.ts';
export type { Period, Usage, Version, Volume } from './usage.ts';
export { HOURS_A_MONTH, usageOf } from './usage.ts';
