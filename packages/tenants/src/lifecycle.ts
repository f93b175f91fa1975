import { dateOf, dayOf } from './calendar.ts';
import type { Fleet, State, Tenant } from './tenant.ts';

/** What the dates make of one tenant, and why. */
export interface Turn {
  readonly id: string;
  readonly from: State;
  readonly to: State;
  /** The first day of the pause; null where there is none any more. */
  readonly pausedSince: string | null;
  readonly why: string;
}

type Payer = Tenant & { readonly paidThrough: string };

/**
 * The turns that are due on a day. From the day after `paidThrough` a pause is due; `graceDays`
 * after the pause began, offboarding. The grace is counted from the pause and not from the last
 * paid day, so that nobody is offboarded who was not paused for so long, however late this is
 * asked. What an operator has paused, and who has no `paidThrough`, is left alone.
 */
export function dueTurns(
  { tenants, graceDays }: Pick<Fleet, 'tenants' | 'graceDays'>,
  today: string,
): readonly Turn[] {
  return tenants.filter(isDecidedByDates).flatMap((tenant) => {
    const turn = isUnpaid(tenant, today)
      ? unpaid(tenant, graceDays, today)
      : paid(tenant.paidThrough);
    const changes = turn.to !== tenant.state || turn.pausedSince !== tenant.pausedSince;
    return changes ? [{ id: tenant.id, from: tenant.state, ...turn }] : [];
  });
}

/** A tenant after a turn of its life. */
export function afterTurn(
  tenant: Tenant,
  { to, pausedSince }: Pick<Turn, 'to' | 'pausedSince'>,
): Tenant {
  return { ...tenant, state: to, pausedBy: to === 'active' ? null : 'lifecycle', pausedSince };
}

/** Whether the last paid day is over; never where no date says so. */
export function isUnpaid({ paidThrough }: Pick<Tenant, 'paidThrough'>, today: string): boolean {
  return paidThrough !== null && dayOf(today) > dayOf(paidThrough);
}

function isDecidedByDates(tenant: Tenant): tenant is Payer {
  return tenant.paidThrough !== null && tenant.pausedBy !== 'operator';
}

type Decision = Pick<Turn, 'to' | 'pausedSince' | 'why'>;

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
