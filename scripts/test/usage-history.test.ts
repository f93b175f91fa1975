import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Usage, usageOf } from '@tenantry/tenants';
import { UsageError } from '../lib/cli/errors.ts';
import { quietShell } from '../lib/cli/shell.ts';
import { type HistoryOptions, readHistory } from '../lib/usage/history.ts';
import { notesFor } from '../lib/usage/notes.ts';
import { type GitHistory, gitHistory, removeRepository } from './helpers/git-history.ts';
import { ON_FIXTURE, root } from './helpers/temp-workspace.ts';

const $ = quietShell();
const NOW = Date.parse('2028-04-01');
const alice = { id: 'alice', name: 'Alice' };
const bob = { id: 'bob', name: 'Bob' };
const paused = { ...alice, state: 'paused' };

let place: GitHistory;
beforeEach(() => {
  place = gitHistory();
});
afterEach(() => place.remove());

/** Commits tenants.json with these tenants. */
function commit(date: string, ...tenants: readonly object[]): string {
  place.tenants(tenants);
  return place.commit(date);
}

interface Ledger {
  /** `id active/paused/unknown`, in hours. */
  readonly rows: readonly string[];
  readonly notes: readonly string[];
}

async function ledger(
  from: string,
  to: string,
  { file = place.tenantsFile, ...options }: HistoryOptions & { readonly file?: string } = {},
): Promise<Ledger> {
  const { versions, notes } = await readHistory($, file, { now: NOW, ...options });
  const period = { from: Date.parse(from), to: Date.parse(to) };
  return {
    rows: usageOf(versions, null, period).map(rowOf),
    notes: notesFor(notes, period)
      .filter(({ kind }) => kind !== 'source')
      .map(({ text }) => text),
  };
}

function rowOf({ id, activeHours, pausedHours, unknownHours }: Usage): string {
  return `${id} ${activeHours}/${pausedHours}/${unknownHours}`;
}

describe('what a history counts', () => {
  test('runs from commit to commit, with what cannot be known', async () => {
    commit('2028-02-01T00:00Z', alice);
    place.write('else.txt', 'not of interest');
    place.commit('2028-02-02T00:00Z');
    commit('2028-02-03T00:00Z', paused);
    place.tenants('{"tenants": [');
    place.commit('2028-02-04T00:00Z');
    rmSync(place.tenantsFile);
    place.commit('2028-02-05T00:00Z');
    commit('2028-02-06T00:00Z', bob);
    place.tenants([]);
    const { rows, notes } = await ledger('2028-02-01', '2028-02-08');
    expect(rows).toEqual(['alice 48/24/24', 'bob 48/0/0']);
    expect(notes).toEqual([
      expect.stringMatching(
        /^tenants\.json cannot be read in \w{8} of 2028-02-04T00:00:00\.000Z \(1:14 .*not JSON/,
      ),
      expect.stringMatching(/^\w{8} of 2028-02-05T00:00:00\.000Z removed tenants\.json$/),
      'tenants.json has changes that are not committed, and not counted',
    ]);
  });

  test('is a change from when it was merged, and says since when the branch had it', async () => {
    commit('2028-02-01T00:00Z', alice);
    place.git('checkout', '--quiet', '-b', 'change');
    const changed = commit('2028-02-02T00:00Z', alice, bob);
    place.git('checkout', '--quiet', 'main');
    place.git('merge', '--quiet', '--no-ff', '--no-commit', 'change');
    const merge = place.commit('2028-02-10T00:00Z');
    const { rows, notes } = await ledger('2028-02-01', '2028-02-11');
    expect(rows).toEqual(['alice 240/0/0', 'bob 24/0/0']);
    expect(notes).toEqual([
      expect.stringMatching(
        `^merge ${merge.slice(0, 8)} brought what another branch had since 2028-02-02T00:00:00.000Z \\(${changed.slice(0, 8)}\\)`,
      ),
    ]);
    expect((await ledger('2028-02-10', '2028-02-11')).notes).toEqual([]);
  });

  test('after main was merged into another branch: the note leads to what was billed before', async () => {
    commit('2028-02-01T00:00Z', alice);
    place.git('branch', 'dev');
    commit('2028-02-05T00:00Z', paused);
    const billed = commit('2028-02-09T00:00Z', alice);
    place.git('checkout', '--quiet', 'dev');
    place.write('README', 'x');
    place.commit('2028-02-10T00:00Z');
    place.git('merge', '--quiet', '--no-commit', 'main');
    place.commit('2028-03-01T00:00Z');
    // The pause was over before the merge: the two ends have the same file.
    const { rows, notes } = await ledger('2028-02-01', '2028-02-11');
    expect(rows).toEqual(['alice 240/0/0']);
    expect(notes).toContainEqual(
      expect.stringMatching(`had since 2028-02-05T.*--commit ${billed.slice(0, 8)}\\)$`),
    );
    const before = await ledger('2028-02-01', '2028-02-11', { commit: billed.slice(0, 8) });
    expect(before.rows).toEqual(['alice 144/96/0']);
  });

  test('does not change with later commits', async () => {
    commit('2028-02-01T00:00Z', alice);
    commit('2028-02-10T00:00Z', paused);
    const asked = await ledger('2028-02-01', '2028-02-20');
    commit('2028-02-25T00:00Z', alice, bob);
    commit('2028-01-01T00:00Z', bob);
    expect((await ledger('2028-02-01', '2028-02-20')).rows).toEqual(asked.rows);
  });
});

describe('dates', () => {
  test('in the future wait for the next commit, or for now', async () => {
    commit('2028-02-01T00:00Z', alice);
    const ahead = commit('2036-01-15T00:00Z', alice, bob);
    expect(await ledger('2028-02-01', '2028-02-11')).toEqual({
      rows: ['alice 240/0/0'],
      notes: [],
    });
    const until = (await ledger('2028-02-01', '2028-04-01')).notes;
    expect(until).toEqual([
      `commit ${ahead.slice(0, 8)} is dated 2036-01-15T00:00:00.000Z, in the future; it does not count yet`,
    ]);
    commit('2028-03-01T00:00Z', paused, bob);
    const { rows, notes } = await ledger('2028-02-01', '2028-03-11');
    expect(rows).toEqual(['alice 696/240/0', 'bob 240/0/0']);
    expect(notes).toEqual([
      `commit ${ahead.slice(0, 8)} is dated 2036-01-15T00:00:00.000Z, in the future; it counts from 2028-03-01T00:00:00.000Z`,
    ]);
  });

  test('out of order are moved to the nearest that is in order, and named', async () => {
    commit('2028-02-01T00:00Z', alice);
    commit('2028-02-11T00:00Z', paused);
    const behind = commit('1970-01-02T00:00Z', paused, bob);
    commit('2028-02-21T00:00Z', alice, bob);
    const { rows, notes } = await ledger('2028-02-01', '2028-02-22');
    expect(rows).toEqual(['alice 264/240/0', 'bob 264/0/0']);
    expect(notes).toEqual([
      `commit ${behind.slice(0, 8)} is dated 1970-01-02T00:00:00.000Z, out of order with the commits around it; it counts from 2028-02-11T00:00:00.000Z`,
    ]);
  });

  test('that no calendar has are said as seconds', async () => {
    commit('2028-02-01T00:00Z', alice);
    commit('@99999999999999 +0000', bob);
    const { notes } = await ledger('2028-02-01', '2028-04-01');
    expect(notes).toEqual([
      expect.stringContaining('is dated second 99999999999999, in the future'),
    ]);
  });
});

describe('the file', () => {
  test('is followed to where it was before it was moved, byte for byte or edited', async () => {
    const elsewhere = join(place.dir, 'a [b]*');
    mkdirSync(elsewhere);
    commit('2028-02-01T00:00Z', alice);
    renameSync(place.tenantsFile, join(elsewhere, 'customers.json'));
    place.commit('2028-02-02T00:00Z');
    renameSync(join(elsewhere, 'customers.json'), join(elsewhere, 'tenants.json'));
    place.write('other.json', '{"a": 1}');
    place.commit('2028-02-03T00:00Z');
    rmSync(join(elsewhere, 'tenants.json'));
    const moved = commit('2028-02-04T00:00Z', { ...alice, keep: true });
    const { rows, notes } = await ledger('2028-02-01', '2028-02-05');
    expect(rows).toEqual(['alice 96/0/0']);
    expect(notes[0]).toBe(
      `before ${moved.slice(0, 8)} the file was a [b]*/tenants.json, and is read there`,
    );
    expect(notes).toHaveLength(3);
  });

  test('is not one that is merely like it', async () => {
    const words = 'no tenants at all, but a long text\n'.repeat(9);
    place.write('words.txt', words);
    place.commit('2028-02-01T00:00Z');
    rmSync(join(place.dir, 'words.txt'));
    place.tenants(`${words}.`);
    place.commit('2028-02-02T00:00Z');
    commit('2028-02-03T00:00Z', alice);
    const { rows, notes } = await ledger('2028-02-01', '2028-02-04');
    expect(rows).toEqual(['alice 24/0/0']);
    expect(notes).toContain(
      'before 2028-02-02T00:00:00.000Z there was no tenants.json: nothing is counted',
    );
  });

  test('that was moved away is named where it is now', async () => {
    commit('2028-02-01T00:00Z', alice);
    mkdirSync(join(place.dir, 'ops'));
    renameSync(place.tenantsFile, join(place.dir, 'ops/tenants.json'));
    const moved = place.commit('2028-02-02T00:00Z');
    expect(await ledger('2028-02-01', '2028-02-04')).toEqual({
      rows: ['alice 24/0/0'],
      notes: [
        `${moved.slice(0, 8)} of 2028-02-02T00:00:00.000Z moved tenants.json, to ops/tenants.json: set TENANTRY_DIR to read it there`,
      ],
    });
  });

  test('behind a link is read, also from before there was the link', async () => {
    place.write('conf/real.json', JSON.stringify({ tenants: [alice] }));
    place.commit('2028-02-01T00:00Z');
    symlinkSync('current/real.json', place.tenantsFile);
    symlinkSync('./conf/../conf', join(place.dir, 'current'));
    place.commit('2028-02-02T00:00Z');
    place.write('conf/real.json', JSON.stringify({ tenants: [paused] }));
    place.commit('2028-02-03T00:00Z');
    expect((await ledger('2028-02-01', '2028-02-05')).rows).toEqual(['alice 48/48/0']);
  });

  test.each([
    ['/etc/hosts', /a link that leads out of the repository/],
    ['../tenants.json', /a link that leads out of the repository/],
    ['nowhere.json', /a link that leads nowhere/],
    ['tenants.json', /its links lead in a circle/],
    ['conf', /it is a directory/],
  ])('that is a link to %s is refused', async (target, why) => {
    place.write('conf/x', '');
    symlinkSync(target, place.tenantsFile);
    place.commit('2028-02-01T00:00Z');
    const reading = readHistory($, place.tenantsFile);
    await expect(reading).rejects.toThrow(UsageError);
    await expect(reading).rejects.toThrow(why);
  });

  test('must be there', async () => {
    await expect(readHistory($, place.tenantsFile)).rejects.toThrow(/in no commit yet/);
    place.write('x', '');
    place.commit('2028-02-01T00:00Z');
    await expect(readHistory($, place.tenantsFile)).rejects.toThrow(/in no commit yet/);
    await expect(readHistory($, place.tenantsFile, { commit: 'nope' })).rejects.toThrow(UsageError);
    removeRepository(place);
    await expect(readHistory($, place.tenantsFile)).rejects.toThrow(/in no Git repository/);
  });
});

describe('the example that this repository comes with', () => {
  const example = {
    $schema: './packages/tenants/tenants.schema.json',
    host: { context: 'kind-tenantry' },
    graceDays: 7,
    defaultPlan: 'small',
    plans: { small: { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 } },
    tenants: [{ ...alice, plan: 'small', paidThrough: '2026-12-31' }, bob],
    offboarded: [],
  };

  test('counts for nobody, in whatever layout, until it is changed', async () => {
    place.tenants(JSON.stringify(example));
    place.commit('2028-02-01T00:00Z');
    place.tenants(JSON.stringify(example, null, 4));
    place.commit('2028-02-02T00:00Z');
    expect(await readHistory($, place.tenantsFile)).toMatchObject({ start: null });
    const unchanged = await ledger('2028-02-01', '2028-03-01');
    expect(unchanged.rows).toEqual([]);
    expect(unchanged.notes).toEqual([expect.stringMatching(/^tenants\.json is the example/)]);

    place.tenants(JSON.stringify({ ...example, tenants: [paused, bob] }));
    place.commit('2028-02-28T00:00Z');
    // The same again is what somebody wanted.
    place.tenants(JSON.stringify(example));
    place.commit('2028-02-29T00:00Z');
    const changed = await ledger('2028-02-01', '2028-03-01');
    expect(changed.rows).toEqual(['alice 24/24/0', 'bob 48/0/0']);
    expect(changed.notes).toContainEqual(
      expect.stringMatching(/^before 2028-02-28T00:00:00\.000Z tenants\.json was the example/),
    );
  });
});

describe('Git', () => {
  test('is read whatever the user has configured and set', async () => {
    commit('2028-02-01T00:00Z', alice);
    place.git('checkout', '--quiet', '-b', 'change');
    commit('2028-02-02T00:00Z', alice, bob);
    place.git('checkout', '--quiet', 'main');
    place.git('merge', '--quiet', '--no-ff', '--no-commit', 'change');
    place.commit('2028-02-10T00:00Z');
    place.git('replace', 'HEAD', 'HEAD^');
    place.write('.git/info/grafts', `${place.git('rev-parse', 'HEAD~0').trim()}\n`);
    place.write(
      'hostile.gitconfig',
      '[log]\nshowSignature = true\nfollow = true\ndate = relative\n[color]\nui = always\n' +
        '[core]\nquotePath = true\npager = false\nabbrev = 4\n[diff]\nrenames = copies\nexternal = false\n' +
        'noprefix = true\nrelative = true\n[i18n]\nlogOutputEncoding = UTF-16\n[status]\nshowUntrackedFiles = no\n' +
        '[format]\npretty = oneline\n',
    );
    const quiet = await ledger('2028-02-01', '2028-02-11');
    expect(quiet.rows).toEqual(['alice 240/0/0', 'bob 24/0/0']);
    const set = {
      GIT_CONFIG_GLOBAL: join(place.dir, 'hostile.gitconfig'),
      GIT_DIR: '/nowhere',
      GIT_WORK_TREE: '/nowhere',
      GIT_INDEX_FILE: '/nowhere',
      GIT_OBJECT_DIRECTORY: '/nowhere',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.bare',
      GIT_CONFIG_VALUE_0: 'true',
      GIT_CONFIG_PARAMETERS: "'core.bare'='true'",
      GIT_NAMESPACE: 'other',
      GIT_ICASE_PATHSPECS: '1',
      GIT_GLOB_PATHSPECS: '1',
    };
    const before = { ...process.env };
    Object.assign(process.env, set);
    try {
      expect(await ledger('2028-02-01', '2028-02-11')).toEqual(quiet);
    } finally {
      for (const name of Object.keys(set)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  });

  test('that cannot give an object ends the reading with its own words', async () => {
    commit('2028-02-01T00:00Z', alice);
    commit('2028-02-02T00:00Z', alice, bob);
    commit('2028-02-03T00:00Z', bob);
    place.git('config', 'uploadpack.allowFilter', 'true');
    const clone = `${place.dir}.clone`;
    place.git('clone', '--quiet', '--filter=blob:none', `file://${place.dir}`, clone);
    renameSync(join(place.dir, '.git'), join(place.dir, 'away'));
    try {
      const reading = readHistory($, join(clone, 'tenants.json'));
      await expect(reading).rejects.toThrow(
        /git cat-file --batch: exit code 128: .*could not fetch/s,
      );
      await expect(reading).rejects.not.toThrow(UsageError);
    } finally {
      rmSync(clone, { recursive: true });
    }
  });

  test('whose object is gone ends the reading', async () => {
    commit('2028-02-01T00:00Z', alice);
    const blob = place.git('rev-parse', 'HEAD:tenants.json').trim();
    commit('2028-02-02T00:00Z', bob);
    rmSync(join(place.dir, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    await expect(readHistory($, place.tenantsFile)).rejects.toThrow(
      `git cat-file --batch: ${blob} missing`,
    );
  });

  test('that refuses a repository is not taken for none', async () => {
    commit('2028-02-01T00:00Z', alice);
    writeFileSync(join(place.dir, '.git/config'), '[broken');
    const reading = readHistory($, place.tenantsFile);
    await expect(reading).rejects.toThrow(/bad config line/);
    await expect(reading).rejects.not.toThrow(UsageError);
  });

  test('says what a shallow clone does not know', async () => {
    commit('2028-02-01T00:00Z', alice);
    commit('2028-02-02T00:00Z', alice, bob);
    const clone = `${place.dir}.clone`;
    place.git('clone', '--quiet', '--depth=1', `file://${place.dir}`, clone);
    try {
      const file = join(clone, 'tenants.json');
      expect(await ledger('2028-02-01', '2028-02-04', { file })).toEqual({
        rows: ['alice 48/0/0', 'bob 48/0/0'],
        notes: [expect.stringMatching(/^the clone is shallow: what came before 2028-02-02T/)],
      });
    } finally {
      rmSync(clone, { recursive: true });
    }
  });

  test('names branch and commit, and how they stand to the default branch and the upstream', async () => {
    commit('2028-02-01T00:00Z', alice);
    const clone = `${place.dir}.clone`;
    place.git('clone', '--quiet', `file://${place.dir}`, clone);
    try {
      const git = (...args: readonly string[]) => place.git('-C', clone, ...args);
      git('checkout', '--quiet', '-b', 'wip', '--track', 'origin/main');
      writeFileSync(join(clone, 'tenants.json'), JSON.stringify({ tenants: [bob] }));
      git('commit', '--quiet', '--all', '--message', 'bob');
      commit('2028-02-05T00:00Z', paused);
      git('fetch', '--quiet');
      const { source, notes } = await readHistory($, join(clone, 'tenants.json'));
      const head = git('rev-parse', 'HEAD').trim();
      expect(source).toEqual({ branch: 'wip', commit: head });
      expect(notes.map(({ text }) => text)).toEqual(
        expect.arrayContaining([
          `read from branch wip, commit ${head}`,
          'wip is not the default branch: what only main has is not counted',
          'commits counted that are not in origin/main: 1',
          'commits of origin/main not pulled, and not counted: 1',
        ]),
      );
      git('checkout', '--quiet', '--detach');
      expect((await readHistory($, join(clone, 'tenants.json'))).source.branch).toBeNull();
    } finally {
      rmSync(clone, { recursive: true });
    }
  });
});

test('a name that changes under one id is said', async () => {
  commit('2028-02-01T00:00Z', alice);
  commit('2028-02-03T00:00Z', { id: 'alice', name: 'Another customer' });
  const { rows, notes } = await ledger('2028-02-01', '2028-02-04');
  expect(rows).toEqual(['alice 72/0/0']);
  expect(notes).toEqual([
    expect.stringMatching(/^alice: "Alice" is "Another customer" from 2028-02-03T/),
  ]);
});

test('--json carries the notes, one by one and in the summary, and what was read', () => {
  commit('2026-01-01T00:00Z', alice);
  const head = commit('2026-01-02T00:00Z', bob);
  const text = execFileSync(
    process.execPath,
    [ON_FIXTURE, join(root, 'scripts/usage.ts'), '--json'],
    {
      env: { ...process.env, TENANTRY_DIR: place.dir },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const notes = events.filter(({ event }) => event === 'note');
  expect(events.at(-1)).toMatchObject({
    event: 'summary',
    tenants: 2,
    branch: 'main',
    commit: head,
    from: '2026-01-01T00:00:00.000Z',
    notes: notes.map(({ kind, text: said }) => ({ kind, text: said })),
  });
  expect(notes.map(({ kind }) => kind)).toEqual(['source', 'rule', 'volumes']);
});
