import { dateOf, dayOf, type Period } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';
import { parseDate } from '../cli/dates.ts';

/**
 * The period that two dates mean, both included, by UTC. It ends now at the latest; without a date
 * it begins with `first` and ends now (both in milliseconds since 1970). @throws UsageError
 */
export function periodOf(
  { from, to }: { readonly from?: string; readonly to?: string },
  first: number,
  now: number,
): Period {
  const start = from === undefined ? first : startOf(parseDate('--from', from));
  const end = to === undefined ? now : startOf(dateOf(dayOf(parseDate('--to', to)) + 1));
  const period = { from: start, to: Math.min(end, now) };
  if (period.from >= period.to) {
    throw new UsageError(
      `from ${new Date(period.from).toISOString()} to ${new Date(period.to).toISOString()} is no time at all\n  → --from before --to, and not in the future`,
    );
  }
  return period;
}

function startOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}
