import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { type Usage, usageOf } from '@tenantry/tenants';
import * as fc from 'fast-check';
import { quietShell } from '../lib/cli/shell.ts';
import { orderDates } from '../lib/usage/date-order.ts';
import { readHistory } from '../lib/usage/history.ts';
import { fastImport, gitHistory } from './helpers/git-history.ts';

const HOUR = 3_600_000;
const BASE = Date.parse('2028-02-01');
const NOW_HOUR = 60;
const $ = quietShell();

type Tenants = Readonly<Record<string, 'active' | 'paused'>>;
/** What tenants.json says: tenants, nothing that can be read, or it is not there. */
type Content = Tenants | 'broken' | 'absent';

/** A commit of the branch. */
type Op =
  | { readonly kind: 'edit'; readonly content: Content }
  | { readonly kind: 'other' }
  | { readonly kind: 'move'; readonly path: string }
  /** A branch of its own, merged. */
  | { readonly kind: 'merge'; readonly side: readonly Tenants[] };

interface Dated {
  readonly op: Op;
  /** The hour that the committer's clock said. */
  readonly hour: number;
}

const PATHS = ['tenants.json', 'ops/tenants.json', 'b c/[x]*/tenants.json'];

const tenants: fc.Arbitrary<Tenants> = fc.dictionary(
  fc.constantFrom('alice', 'bob', 'carol'),
  fc.constantFrom('active', 'paused'),
  { maxKeys: 3 },
);
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      content: tenants,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      content: fc.constantFrom('broken', 'absent') as fc.Arbitrary<Content>,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'other' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('move' as const), path: fc.constantFrom(...PATHS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('merge' as const),
      side: fc.array(tenants, { minLength: 1, maxLength: 2 }),
    }),
  },
);

/** Clocks that are right, that go back, that are ahead of now, that were never set. */
const skewed = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: NOW_HOUR - 1 }) },
  { weight: 1, arbitrary: fc.integer({ min: NOW_HOUR + 1, max: NOW_HOUR + 99 }) },
  { weight: 1, arbitrary: fc.constant(-BASE / HOUR) },
);
const skewedHistory = fc.array(fc.record({ op, hour: skewed }), { minLength: 1, maxLength: 8 });
const orderedHistory = fc
  .tuple(
    fc.array(op, { minLength: 2, maxLength: 8 }),
    fc.array(fc.integer({ min: 0, max: NOW_HOUR - 1 }), { minLength: 8, maxLength: 8 }),
  )
  .map(([ops, hours]) => {
    const inOrder = hours.toSorted((a, b) => a - b);
    return ops.map((each, index) => ({ op: each, hour: inOrder[index] ?? 0 }));
  });

function textOf(content: Tenants | 'broken'): string {
  if (content === 'broken') return '{"tenants": [';
  const list = Object.entries(content).map(([id, state]) => ({ id, name: id, state }));
  return JSON.stringify({ tenants: list });
}

/** The plain model: what each commit of the branch has, and where. */
function modelOf(history: readonly Dated[]): readonly { content: Content; path: string }[] {
  let state: { content: Content; path: string } = { content: 'absent', path: PATHS[0] ?? '' };
  return history.map(({ op: each }) => {
    if (each.kind === 'edit') state = { ...state, content: each.content };
    // A file that is not there cannot be moved.
    if (each.kind === 'move' && state.content !== 'absent') state = { ...state, path: each.path };
    if (each.kind === 'merge') state = { ...state, content: each.side.at(-1) ?? 'absent' };
    return state;
  });
}

/** When each commit counts from, by trying every choice of dates that stand. */
function hoursOf(hours: readonly number[]): readonly number[] {
  const usable = hours.map((hour) => hour >= 0 && hour <= NOW_HOUR);
  let best: readonly number[] = [];
  for (let choice = 0; choice < 2 ** hours.length; choice += 1) {
    const kept = hours.map((_, index) => index).filter((index) => (choice >> index) % 2 === 1);
    const stands = kept.every(
      (index, at) =>
        usable[index] && (at === 0 || (hours[kept[at - 1] ?? 0] ?? 0) <= (hours[index] ?? 0)),
    );
    const isEarlier = () =>
      kept.findIndex((index, at) => index !== best[at]) !== -1 &&
      (kept.find((index, at) => index !== best[at]) ?? 0) <
        (best.find((index, at) => index !== kept[at]) ?? 0);
    if (stands && (kept.length > best.length || (kept.length === best.length && isEarlier())))
      best = kept;
  }
  const result: number[] = [];
  for (const [index, hour] of hours.entries()) {
    const after = hours[best.find((each) => each >= index) ?? -1] ?? NOW_HOUR;
    const before = result.at(-1) ?? (hour < 0 || hour > after ? after : hour);
    result.push(Math.min(Math.max(hour, before), after));
  }
  return result;
}

/** Hour by hour: who was in the file that counted then. */
function expectedRows(history: readonly Dated[], until = NOW_HOUR): readonly string[] {
  const contents = modelOf(history).map(({ content }) => content);
  const from = hoursOf(history.map(({ hour }) => hour));
  const rows = new Map<string, [number, number, number]>();
  let stays: Readonly<Record<string, number>> = {};
  for (let hour = 0; hour < until; hour += 1) {
    const content = contents[from.findLastIndex((since) => since <= hour)] ?? 'absent';
    if (content === 'absent') stays = {};
    else if (content !== 'broken') {
      const before = stays;
      stays = Object.fromEntries(Object.keys(content).map((id) => [id, before[id] ?? hour]));
    }
    for (const [id, since] of Object.entries(stays)) {
      const key = `${id} since ${since}`;
      const [active, paused, unknown] = rows.get(key) ?? [0, 0, 0];
      if (content === 'broken') rows.set(key, [active, paused, unknown + 1]);
      else if (content !== 'absent' && content[id] === 'paused')
        rows.set(key, [active, paused + 1, unknown]);
      else rows.set(key, [active + 1, paused, unknown]);
    }
  }
  return [...rows].map(([key, hours]) => `${key}: ${hours.join('/')}`).sort();
}

function rowOf({ id, since, activeHours, pausedHours, unknownHours }: Usage): string {
  const hour = ((since ?? 0) - BASE) / HOUR;
  return `${id} since ${hour}: ${activeHours}/${pausedHours}/${unknownHours}`;
}

const place = gitHistory();
for (const path of PATHS) mkdirSync(dirname(join(place.dir, path)), { recursive: true });
afterAll(() => place.remove());
let branches = 0;

/** Makes a history in Git; returns the hash of each commit of the branch. */
function importHistory(history: readonly Dated[]): readonly string[] {
  branches += 1;
  const branch = `refs/heads/run-${branches}`;
  const model = modelOf(history);
  const lines: string[] = [];
  let marks = 0;
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}`;
  const commit = (ref: string, hour: number, parents: readonly number[], ...files: string[]) => {
    marks += 1;
    const seconds = (BASE + hour * HOUR) / 1000;
    const [first, ...merged] = parents;
    lines.push(
      `commit ${ref}`,
      `mark :${marks}`,
      `committer Test <test@example.com> ${seconds} +0000`,
      data(`${branches}`),
      ...(first === undefined ? [] : [`from :${first}`]),
      ...merged.map((parent) => `merge :${parent}`),
      ...files,
      '',
    );
    return marks;
  };
  const put = (path: string, text: string) => `M 100644 inline "${path}"\n${data(text)}`;
  const own: number[] = [];
  for (const [index, { op: each, hour }] of history.entries()) {
    const { content, path } = model[index] ?? { content: 'absent', path: '' };
    const before = model[index - 1] ?? { content: 'absent', path };
    const parents = own.slice(-1);
    const file = content === 'absent' ? [] : [put(path, textOf(content))];
    const gone =
      before.content === 'absent' || (before.path === path && content !== 'absent')
        ? []
        : [`D "${before.path}"`];
    let side: readonly number[] = [];
    if (each.kind === 'merge') {
      for (const tenantsOfSide of each.side) {
        const above = side.length === 0 ? parents : side;
        side = [commit(`${branch}-side`, hour - 1, above, put(path, textOf(tenantsOfSide)))];
      }
    }
    const other = [put('other.txt', `${index}`)];
    own.push(
      commit(
        branch,
        hour,
        [...parents, ...(parents.length > 0 ? side : [])],
        ...gone,
        ...file,
        ...other,
      ),
    );
  }
  const hashes = fastImport(place, lines.join('\n'));
  return own.map((mark) => hashes.get(mark) ?? '');
}

async function actualRows(
  commit: string,
  path: string,
  until = NOW_HOUR,
): Promise<readonly string[]> {
  const file = join(place.dir, path);
  const now = BASE + NOW_HOUR * HOUR;
  const { versions } = await readHistory($, file, { commit, now });
  return usageOf(versions, null, { from: BASE, to: BASE + until * HOUR })
    .map(rowOf)
    .sort();
}

/** Whether there is a history to read: once the file was there. */
function isWritten(history: readonly Dated[]): boolean {
  return modelOf(history).some(({ content }) => content !== 'absent');
}

test('the ledger of any history is what a plain model counts, hour by hour', async () => {
  await fc.assert(
    fc.asyncProperty(skewedHistory.filter(isWritten), async (history) => {
      const commits = importHistory(history);
      const { path } = modelOf(history).at(-1) ?? { path: '' };
      expect(await actualRows(commits.at(-1) ?? '', path)).toEqual(expectedRows(history));
    }),
    { numRuns: 25 },
  );
}, 120_000);

test('what was counted once stays as it was, whatever is committed later', async () => {
  const asked = fc
    .tuple(orderedHistory, fc.nat())
    .filter(([history]) => isWritten(history.slice(0, 1)));
  await fc.assert(
    fc.asyncProperty(asked, async ([history, choice]) => {
      const commits = importHistory(history);
      const model = modelOf(history);
      const last = 1 + (choice % (history.length - 1));
      const until = history[last]?.hour ?? 0;
      const earlier = await actualRows(commits[last - 1] ?? '', model[last - 1]?.path ?? '', until);
      const later = await actualRows(commits.at(-1) ?? '', model.at(-1)?.path ?? '', until);
      expect(later).toEqual(earlier);
    }),
    { numRuns: 10 },
  );
}, 120_000);

test('dates are put in order as the plain model does, and no more of them are moved than must be', () => {
  fc.assert(
    fc.property(fc.array(skewed, { maxLength: 8 }), (hours) => {
      const dates = hours.map((hour) => BASE + hour * HOUR);
      const ordered = orderDates(dates, BASE + NOW_HOUR * HOUR);
      expect(ordered.map((date) => (date - BASE) / HOUR)).toEqual(hoursOf(hours));
    }),
    { numRuns: 300 },
  );
});
