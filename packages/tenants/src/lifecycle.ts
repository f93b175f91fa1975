import { dateOf, dayOf } from './calendar.ts';
import type { Fleet, State, Tenant } from './tenant.ts';

/** What the dates make of one tenant, and why. */
export interface Transition {
  readonly id: string;
  readonly from: State;
  readonly to: State;
  /** The first day of the pause; null where there is none any more. */
  readonly pausedSince: string | null;
  readonly why: string;
}

type Payer = Tenant & { readonly paidThrough: string };

/**
 * The transitions that are due on a day. From the day after `paidThrough` a pause is due; `graceDays`
 * after the pause began, offboarding. The grace is counted from the pause and not from the last
 * paid day, so that nobody is offboarded who was not paused for so long, however late this is
 * asked. What an operator has paused, and who has no `paidThrough`, is left alone.
 */
export function dueTransitions(
  { tenants, graceDays }: Pick<Fleet, 'tenants' | 'graceDays'>,
  today: string,
): readonly Transition[] {
  return tenants.filter(isDecidedByDates).flatMap((tenant) => {
    const decision = isUnpaid(tenant, today)
      ? unpaid(tenant, graceDays, today)
      : paid(tenant.paidThrough);
    const changes = decision.to !== tenant.state || decision.pausedSince !== tenant.pausedSince;
    return changes ? [{ id: tenant.id, from: tenant.state, ...decision }] : [];
  });
}

/** A tenant after a transition. */
export function applyTransition(
  tenant: Tenant,
  { to, pausedSince }: Pick<Transition, 'to' | 'pausedSince'>,
): Tenant {
  return { ...tenant, state: to, pausedBy: to === 'active' ? null : 'lifecycle', pausedSince };
}

/**
 * The tenants whose recorded pause begins after a day, on which nothing can be decided: the day is
 * wrong, or the record.
 */
export function pausedAfter({ tenants }: Pick<Fleet, 'tenants'>, today: string): readonly Tenant[] {
  return tenants.filter(
    ({ pausedSince }) => pausedSince !== null && dayOf(pausedSince) > dayOf(today),
  );
}

/** Whether the last paid day is over; never where no date says so. */
export function isUnpaid({ paidThrough }: Pick<Tenant, 'paidThrough'>, today: string): boolean {
  return paidThrough !== null && dayOf(today) > dayOf(paidThrough);
}

function isDecidedByDates(tenant: Tenant): tenant is Payer {
  return tenant.paidThrough !== null && tenant.pausedBy !== 'operator';
}

type Decision = Pick<Transition, 'to' | 'pausedSince' | 'why'>;

function paid(paidThrough: string): Decision {
  return { to: 'active', pausedSince: null, why: `paid through ${paidThrough}` };
}

function unpaid(
  { pausedSince, paidThrough, keep }: Payer,
  graceDays: number,
  today: string,
): Decision {
  // A payment between the pause and now has been used up: only unpaid days count.
  const firstUnpaid = dayOf(paidThrough) + 1;
  const since = pausedSince === null ? today : dateOf(Math.max(dayOf(pausedSince), firstUnpaid));
  const end = dayOf(since) + graceDays;
  const why = `paid through ${paidThrough}`;
  if (dayOf(today) < end || keep) {
    const next = keep ? 'kept: never to be offboarded' : `offboarding is due on ${dateOf(end)}`;
    return { to: 'paused', pausedSince: since, why: `${why}; ${next}` };
  }
  const days = `${graceDays} ${graceDays === 1 ? 'day' : 'days'}`;
  return {
    to: 'offboarding',
    pausedSince: since,
    why: `${why}, paused since ${since}; the grace of ${days} is over`,
  };
}
