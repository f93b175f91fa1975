import { z } from 'zod';

const MILLISECONDS_A_DAY = 86_400_000;

/** Of the Gregorian calendar, after which weekdays and leap years repeat. */
const YEARS_A_CYCLE = 400;
const DAYS_A_CYCLE = 146_097;

const date = z.iso.date();

/** Whether a text is a day of the calendar, written `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  return date.safeParse(text).success;
}

/** A date as a count of days, so that days can be added and compared; no hour has a part in it. */
export function dayOf(text: string): number {
  return Date.parse(`${text}T00:00:00Z`) / MILLISECONDS_A_DAY;
}

/** The date of a count of days; beyond the year 9999 the year has as many digits as it needs. */
export function dateOf(day: number): string {
  // The calendar repeats every 400 years, so that any day has a twin within the reach of Date.
  const cycles = Math.floor(day / DAYS_A_CYCLE);
  const twin = new Date((day - cycles * DAYS_A_CYCLE) * MILLISECONDS_A_DAY).toISOString();
  const [year = '', month = '', dayOfMonth = ''] = twin.slice(0, 'YYYY-MM-DD'.length).split('-');
  return [String(Number(year) + cycles * YEARS_A_CYCLE).padStart(4, '0'), month, dayOfMonth].join(
    '-',
  );
}
