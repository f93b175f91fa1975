/** One event of the service; `event` says which, the rest is its own. */
export interface LogRecord {
  readonly event: 'start' | 'drain' | 'stop' | 'request' | 'error';
  readonly [field: string]: string | number | boolean | null;
}

/** Takes an event; must not throw. */
export type Log = (record: LogRecord) => void;

/** The record as one line of JSON, newline included, with the time (ISO 8601, UTC) first. */
export function formatRecord(record: LogRecord, time: Date): string {
  return `${JSON.stringify({ time: time.toISOString(), ...record })}\n`;
}
