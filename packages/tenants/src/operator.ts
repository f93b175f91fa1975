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

/** A tenant whose end a person has begun, whoever had proposed it. */
export function offboardedByOperator(tenant: Tenant, today: string): Tenant {
  if (tenant.state === 'offboarding') return tenant;
  return {
    ...tenant,
    state: 'offboarding',
    pausedBy: tenant.pausedBy ?? 'operator',
    pausedSince: tenant.pausedSince ?? today,
  };
}

/** Why a tenant ends, as its receipt says. */
export function reasonOf({ paidThrough, pausedBy, pausedSince }: Tenant): string {
  return pausedBy === 'lifecycle' && paidThrough !== null
    ? `paid through ${paidThrough}, paused since ${pausedSince ?? 'an unknown day'}`
    : 'by an operator';
}
