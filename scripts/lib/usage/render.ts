import type { Usage } from '@tenantry/tenants';
import { table } from '../cli/table.ts';
import { moment, type Note } from './notes.ts';

type Amount = Exclude<keyof Usage, 'id' | 'since'>;

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
  const again = new Set(idsAgain(usages));
  return table([
    ['TENANT', ...COLUMNS.map(([, title]) => title)],
    ...usages.map((usage) => [
      again.has(usage.id) ? `${usage.id} (since ${since(usage) ?? '?'})` : usage.id,
      ...COLUMNS.map(([key]) => usage[key]?.toFixed(2) ?? '?'),
    ]),
  ]);
}

/** RFC 4180 without its carriage returns; an empty field where nobody knows. */
export function asCsv(usages: readonly Usage[]): string {
  return [
    ['id', ...COLUMNS.map(([key]) => key), 'since'],
    ...usages.map((usage) => [
      usage.id,
      ...COLUMNS.map(([key]) => String(round(usage[key]) ?? '')),
      since(usage) ?? '',
    ]),
  ]
    .map((row) => row.join(','))
    .join('\n');
}

/** An NDJSON line per tenant. */
export function asEvents(usages: readonly Usage[]): readonly string[] {
  return usages.map((usage) => {
    const amounts = COLUMNS.map(([key]) => [key, round(usage[key])] as const);
    return JSON.stringify({
      event: 'tenant',
      id: usage.id,
      since: since(usage),
      ...Object.fromEntries(amounts),
    });
  });
}

const MOST_OF_A_KIND = 5;

/** A line per note; of many of one kind the first, and how many more there are. */
export function noteLines(notes: readonly Note[]): readonly string[] {
  return [...Map.groupBy(notes, ({ kind }) => kind)].flatMap(([kind, same]) => {
    const more = same.length - MOST_OF_A_KIND;
    const lines = same.slice(0, MOST_OF_A_KIND).map(({ text }) => `- ${text}`);
    return more > 0 ? [...lines, `- ${more} more notes of this kind (${kind}): see --json`] : lines;
  });
}

/** The ids that several rows have. */
export function idsAgain(usages: readonly Usage[]): readonly string[] {
  return [...Map.groupBy(usages, ({ id }) => id)]
    .filter(([, rows]) => rows.length > 1)
    .map(([id]) => id);
}

function since(usage: Usage): string | null {
  return usage.since === null ? null : moment(usage.since);
}

/** To a millionth, which is less than a hundredth of a second. */
function round(amount: number | null): number | null {
  return amount === null ? null : Math.round(amount * 1e6) / 1e6;
}
