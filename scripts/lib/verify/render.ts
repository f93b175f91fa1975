import { type Counts, KINDS, type Row } from '@tenantry/isolation';
import { table } from '../cli/table.ts';

const TITLES = {
  network: 'Packets',
  hostile: 'A hostile tenant',
  host: 'What the host says',
} as const;

/** Rows for people, grouped by kind and sorted by tenant. */
export function renderRows(rows: readonly Row[]): string {
  return KINDS.flatMap((kind) => {
    const group = rows.filter((row) => row.kind === kind).sort(byTenant);
    if (group.length === 0) return [];
    const body = group.map(({ tenant, attempt, expected, seen, verdict, detail }) => [
      tenant,
      attempt,
      expected,
      detail === '' ? (seen ?? '-') : `${seen ?? '-'}: ${detail.split('\n')[0] ?? ''}`,
      verdict === 'ok' || verdict === 'policy' ? verdict : verdict.toUpperCase(),
    ]);
    const head = ['TENANT', 'PROBE', 'EXPECTED', 'SEEN', 'VERDICT'];
    // The verdict before what was seen: that column is as wide as an error message.
    const order = (cells: readonly string[]) => [0, 1, 2, 4, 3].map((index) => cells[index] ?? '');
    return [`${TITLES[kind]}\n${table([head, ...body].map(order))}\n`];
  }).join('\n');
}

/** What is open or broken, once more for the end of a long output; empty where nothing is. */
export function renderFindings(rows: readonly Row[]): string {
  return rows
    .filter(({ verdict }) => verdict === 'open' || verdict === 'broken')
    .sort(byTenant)
    .map(({ tenant, attempt, verdict, detail }) =>
      `${verdict.toUpperCase()} ${tenant}: ${attempt}: ${detail.split('\n')[0] ?? ''}`.trimEnd(),
    )
    .join('\n');
}

function byTenant(a: Row, b: Row): number {
  return a.tenant < b.tenant ? -1 : a.tenant > b.tenant ? 1 : 0;
}

/** `183 run: 180 as expected (3 by policy), 2 open, 1 broken; 4 skipped`. */
export function renderCounts({ ok, policy, open, broken, skipped }: Counts): string {
  const run = ok + policy + open + broken;
  return `${run} run: ${ok + policy} as expected (${policy} of them by policy), ${open} open, ${broken} broken; ${skipped} skipped`;
}
