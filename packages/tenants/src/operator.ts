import type { Tenant } from './tenant.ts';

/** A tenant paused by a person: no date lifts it. One that is paused already stays paused since. */
export function pausedByOperator(tenant: Tenant, today: string): Tenant {
  if (tenant.state === 'paused' && tenant.pausedBy === 'operator') return tenant;
  return {
    ...tenant,
    state: 'paused',
    pausedBy: 'operator',
    pausedSince: tenant.pausedSince ?? today,
  };
}

/** A tenant that a person has brought back, whoever had paused it. */
export function resumedByOperator(tenant: Tenant): Tenant {
  return { ...tenant, state: 'active', pausedBy: null, pausedSince: null };
}
