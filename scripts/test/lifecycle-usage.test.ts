import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { usageOf } from '@tenantry/tenants';
import { UsageError } from '../lib/cli/errors.ts';
import { quietShell } from '../lib/cli/shell.ts';
import { parseLog, readHistory } from '../lib/usage/history.ts';
import { periodOf } from '../lib/usage/period.ts';
import { asCsv, asEvents, asTable } from '../lib/usage/render.ts';
import { volumesOf } from '../lib/usage/volumes.ts';
import { tempWorkspace, type TempWorkspace } from './helpers/temp-workspace.ts';

const $ = quietShell();

describe('the history in Git', () => {
  let place: TempWorkspace;
  beforeEach(() => {
    place = tempWorkspace();
    git('init', '--quiet', '--initial-branch', 'main');
  });
  afterEach(() => place.remove());

  function git(...args: readonly string[]): void {
    const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    execFileSync('git', ['-C', place.dir, ...who, ...args], { stdio: 'ignore' });
  }

  function commit(date: string): void {
    git('add', '--all');
    const env = { ...process.env, GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: '2001-01-01T00:00Z' };
    const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    execFileSync('git', ['-C', place.dir, ...who, 'commit', '--quiet', '-m', date], { env });
  }

  test('is read commit by commit, with what cannot be known', async () => {
    place.tenants([{ id: 'alice', name: 'Alice' }]);
    commit('2028-02-01T00:00Z');
    place.write('else.txt', 'not of interest');
    commit('2028-02-02T00:00Z');
    place.tenants([{ id: 'alice', name: 'Alice', state: 'paused' }]);
    commit('2028-02-03T00:00Z');
    place.tenants('{"tenants": [');
    commit('2028-02-04T00:00Z');
    rmSync(place.tenantsFile);
    commit('2028-02-05T00:00Z');
    place.tenants([{ id: 'bob', name: 'Bob' }]);
    commit('2028-02-06T00:00Z');
    place.tenants([]);

    const { versions, notes } = await readHistory($, place.tenantsFile);
    const period = { from: Date.parse('2028-02-01'), to: Date.parse('2028-02-08') };
    expect(usageOf(versions, null, period)).toMatchObject([
      { id: 'alice', activeHours: 48, pausedHours: 24, unknownHours: 24 },
      { id: 'bob', activeHours: 48, pausedHours: 0, unknownHours: 0 },
    ]);
    expect(notes).toEqual([
      expect.stringMatching(/^tenants\.json cannot be read in \w{8} of 2028-02-04T00:00:00\.000Z/),
      expect.stringMatching(/^\w{8} of 2028-02-05T00:00:00\.000Z removed tenants\.json$/),
      'tenants.json has changes that are not committed, and not counted',
    ]);
  }, 30_000);

  test('counts a change from when it was merged', async () => {
    place.tenants([{ id: 'alice', name: 'Alice' }]);
    commit('2028-02-01T00:00Z');
    git('checkout', '--quiet', '-b', 'change');
    place.tenants([{ id: 'bob', name: 'Bob' }]);
    commit('2028-02-02T00:00Z');
    git('checkout', '--quiet', 'main');
    git('merge', '--no-ff', '--no-commit', 'change');
    commit('2028-02-10T00:00Z');
    const { versions } = await readHistory($, place.tenantsFile);
    expect(versions.map(({ at }) => new Date(at).toISOString().slice(0, 10))).toEqual([
      '2028-02-01',
      '2028-02-10',
    ]);
  }, 30_000);

  test('must be there', async () => {
    await expect(readHistory($, place.tenantsFile)).rejects.toThrow(UsageError);
    rmSync(`${place.dir}/.git`, { recursive: true });
    await expect(readHistory($, place.tenantsFile)).rejects.toThrow(/in no Git repository/);
  }, 30_000);
});

test('a clock that went back stands still', () => {
  expect(parseLog('c 300\nb 100\na 200\n')).toEqual([
    { hash: 'a', at: 200_000 },
    { hash: 'b', at: 200_000 },
    { hash: 'c', at: 300_000 },
  ]);
});

describe('a period', () => {
  const first = Date.parse('2028-02-10T09:00Z');
  const now = Date.parse('2028-03-05T12:00Z');
  const period = (dates: { from?: string; to?: string }) => {
    const { from, to } = periodOf(dates, first, now);
    return [new Date(from).toISOString(), new Date(to).toISOString()];
  };

  test.each([
    [{}, '2028-02-10T09:00:00.000Z', '2028-03-05T12:00:00.000Z'],
    [{ from: '2028-02-01' }, '2028-02-01T00:00:00.000Z', '2028-03-05T12:00:00.000Z'],
    [
      { from: '2028-02-28', to: '2028-02-29' },
      '2028-02-28T00:00:00.000Z',
      '2028-03-01T00:00:00.000Z',
    ],
    [{ to: '2028-03-31' }, '2028-02-10T09:00:00.000Z', '2028-03-05T12:00:00.000Z'],
  ])('of %j', (dates, from, to) => {
    expect(period(dates)).toEqual([from, to]);
  });

  test.each([
    { from: '2028-03-01', to: '2028-02-01' },
    { from: '2028-03-06' },
    { to: '2027-01-01' },
  ])('of %j is none', (dates) => expect(() => period(dates)).toThrow(/is no time at all/));

  test('takes days of the calendar only', () => {
    expect(() => period({ from: '2027-02-29' })).toThrow(/--from is "2027-02-29"/);
  });
});

describe('volumes are read from claims', () => {
  const claim = (namespace: string, storage?: string, requested = '1Gi') => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'x', namespace, creationTimestamp: '2028-02-01T00:00:00Z' },
    spec: { resources: { requests: { storage: requested } } },
    ...(storage !== undefined && { status: { capacity: { storage } } }),
  });

  test('by what they got, or what they asked for; only those of tenants', () => {
    expect(
      volumesOf([
        claim('vcluster-tenant-alice', '2Gi'),
        claim('vcluster-tenant-bob'),
        claim('elsewhere', 'much'),
      ]),
    ).toEqual([
      { id: 'alice', bytes: 2 ** 31, since: Date.parse('2028-02-01') },
      { id: 'bob', bytes: 2 ** 30, since: Date.parse('2028-02-01') },
    ]);
  });

  test.each([
    ['5e9', 5e9],
    ['129e6', 129e6],
    ['128974848000m', 128_974_848],
    ['1Pi', 2 ** 50],
    ['8E', 8e18],
    ['8Ei', 2 ** 63],
  ])('in any form that Kubernetes allows: %s', (storage, bytes) => {
    const claims = [claim('vcluster-tenant-alice', storage)];
    expect(volumesOf(claims)).toMatchObject([{ id: 'alice', bytes }]);
  });

  test('what cannot be read is an error that names it, and not a volume less', () => {
    const claims = (...of: Parameters<typeof claim>) => [claim(...of)];
    expect(() => volumesOf(claims('vcluster-tenant-bob', '5GB'))).toThrow(
      'PersistentVolumeClaim vcluster-tenant-bob/x: status.capacity.storage: found "5GB"',
    );
    expect(() => volumesOf(claims('vcluster-tenant-bob', undefined, ''))).toThrow(
      'PersistentVolumeClaim vcluster-tenant-bob/x: spec.resources.requests.storage: found ""',
    );
  });
});

test('what nobody knows is ? for people, empty in CSV, null in JSON', () => {
  const usage = {
    id: 'alice',
    activeHours: 1 / 3,
    pausedHours: 24,
    unknownHours: 0,
    cpuHours: 0.5,
    memoryGiBHours: 2,
    storageGiBMonths: null,
  };
  expect(asTable([usage]).split('\n')[1]).toMatch(
    /^alice +0\.33 +24\.00 +0\.00 +0\.50 +2\.00 +\?$/,
  );
  expect(asCsv([usage])).toBe(
    'id,activeHours,pausedHours,unknownHours,cpuHours,memoryGiBHours,storageGiBMonths\n' +
      'alice,0.333333,24,0,0.5,2,',
  );
  expect(JSON.parse(asEvents([usage])[0] ?? '')).toMatchObject({
    event: 'tenant',
    id: 'alice',
    storageGiBMonths: null,
  });
});
