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

/** The date of a count of days. */
export function dateOf(day: number): string {
  return new Date(day * MILLISECONDS_A_DAY).toISOString().slice(0, -'T00:00:00.000Z'.length);
}
