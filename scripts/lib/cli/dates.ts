import { isDate } from '@tenantry/tenants';
import { UsageError } from './errors.ts';

/** The day that it is now, by UTC, so that every machine says the same. */
export function today(now: Date = new Date()): string {
  return now.toISOString().slice(0, 'YYYY-MM-DD'.length);
}

/** The date that a flag was given. @throws UsageError where it is none */
export function parseDate(flag: string, text: string): string {
  if (isDate(text)) return text;
  throw new UsageError(
    `${flag} is ${JSON.stringify(text)}\n  → a day of the calendar, written YYYY-MM-DD`,
  );
}
