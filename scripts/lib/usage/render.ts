import type { Usage } from '@tenantry/tenants';
import { table } from '../cli/table.ts';

type Amount = Exclude<keyof Usage, 'id'>;

const COLUMNS: readonly (readonly [Amount, string])[] = [
  ['activeHours', 'ACTIVE h'],
  ['pausedHours', 'PAUSED h'],
  ['unknownHours', 'UNKNOWN h'],
  ['cpuHours', 'CPU h'],
  ['memoryGiBHours', 'MEMORY GiB h'],
  ['storageGiBMonths', 'STORAGE GiB months'],
];

/** Rows for people; `?` where nobody knows. */
export function asTable(usages: readonly Usage[]): string {
  return table([
    ['TENANT', ...COLUMNS.map(([, title]) => title)],
    ...usages.map((usage) => [usage.id, ...COLUMNS.map(([key]) => usage[key]?.toFixed(2) ?? '?')]),
  ]);
}

/** RFC 4180 without its carriage returns; an empty field where nobody knows. */
export function asCsv(usages: readonly Usage[]): string {
  return [
    ['id', ...COLUMNS.map(([key]) => key)],
    ...usages.map((usage) => [
      usage.id,
      ...COLUMNS.map(([key]) => String(round(usage[key]) ?? '')),
    ]),
  ]
    .map((row) => row.join(','))
    .join('\n');
}

/** An NDJSON line per tenant. */
export function asEvents(usages: readonly Usage[]): readonly string[] {
  return usages.map((usage) => {
    const amounts = COLUMNS.map(([key]) => [key, round(usage[key])] as const);
    return JSON.stringify({ event: 'tenant', id: usage.id, ...Object.fromEntries(amounts) });
  });
}

/** To a millionth, which is less than a hundredth of a second. */
function round(amount: number | null): number | null {
  return amount === null ? null : Math.round(amount * 1e6) / 1e6;
}
