export type { Fault } from './fault.ts';
export { InvalidTenants } from './fault.ts';
export * from './names.ts';
export { parseTenants } from './parse.ts';
export { formatBytes, formatCpu, parseBytes, parseCpu } from './quantity.ts';
export { jsonSchema } from './schema.ts';
export { suggest } from './suggest.ts';
export type { Fleet, Host, Pauser, Plan, Resources, State, Tenant } from './tenant.ts';
export { PAUSERS, STATES } from './tenant.ts';
