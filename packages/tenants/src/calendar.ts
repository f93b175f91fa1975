import { z } from 'zod';

const MILLISECONDS_A_DAY = 86_400_000;

const date = z.iso.date();

/** Whether a text is a day of the calendar, written `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  return date.safeParse(text).success;
}

/** A date as a count of days, so that days can be added and compared; no hour has a part in it. */
export function dayOf(text: string): number {
  return Date.parse(`${text}T00:00:00Z`) / MILLISECONDS_A_DAY;
}

/** The date of a count of days; behind the year 9999 one of five digits, which no file may have. */
export function dateOf(day: number): string {
  const text = new Date(day * MILLISECONDS_A_DAY).toISOString();
  // ISO 8601 writes +010000-01-01.
  return text.slice(0, -'T00:00:00.000Z'.length).replace(/^\+0*/, '');
}
