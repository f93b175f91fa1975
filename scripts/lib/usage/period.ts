import { dayOf, type Period } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';
import { parseDate } from '../cli/dates.ts';
import { moment } from './notes.ts';

const DAY = 86_400_000;

/**
 * The period that two dates mean, both included, by UTC. It ends now at the latest; without a date
 * it begins with `first` and ends now (both in milliseconds since 1970). @throws UsageError
 */
export function periodOf(
  { from, to }: { readonly from?: string; readonly to?: string },
  first: number,
  now: number,
): Period {
  const start = from === undefined ? Math.min(first, now) : dayOf(parseDate('--from', from)) * DAY;
  const end = to === undefined ? now : (dayOf(parseDate('--to', to)) + 1) * DAY;
  const period = { from: start, to: Math.min(end, now) };
  // Nothing has been counted yet, and nobody asked for a time.
  if (from === undefined && to === undefined) return period;
  if (period.from >= period.to) {
    throw new UsageError(
      `from ${moment(period.from)} to ${moment(period.to)} is no time at all\n  → --from before --to, and not in the future`,
    );
  }
  return period;
}
