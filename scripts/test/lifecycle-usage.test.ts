import { describe, expect, test } from '@jest/globals';
import { periodOf } from '../lib/usage/period.ts';
import { notesFor } from '../lib/usage/notes.ts';
import { asCsv, asEvents, asTable, noteLines } from '../lib/usage/render.ts';
import { volumesOf } from '../lib/usage/volumes.ts';

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
    [{ to: '9999-12-31' }, '2028-02-10T09:00:00.000Z', '2028-03-05T12:00:00.000Z'],
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

describe('what is printed', () => {
  const usage = {
    id: 'alice',
    since: Date.parse('2028-02-01'),
    activeHours: 1 / 3,
    pausedHours: 24,
    unknownHours: 0,
    cpuHours: 0.5,
    memoryGiBHours: 2,
    storageGiBMonths: null,
  };

  test('what nobody knows is ? for people, empty in CSV, null in JSON', () => {
    expect(asTable([usage]).split('\n')[1]).toMatch(
      /^alice +0\.33 +24\.00 +0\.00 +0\.50 +2\.00 +\?$/,
    );
    expect(asCsv([usage])).toBe(
      'id,activeHours,pausedHours,unknownHours,cpuHours,memoryGiBHours,storageGiBMonths,since\n' +
        'alice,0.333333,24,0,0.5,2,,2028-02-01T00:00:00.000Z',
    );
    expect(JSON.parse(asEvents([usage])[0] ?? '')).toMatchObject({
      event: 'tenant',
      id: 'alice',
      since: '2028-02-01T00:00:00.000Z',
      storageGiBMonths: null,
    });
  });

  test('two stays of one id are told apart', () => {
    const table = asTable([usage, { ...usage, since: Date.parse('2028-02-09') }]);
    expect(table).toMatch(/^alice \(since 2028-02-01T.*\nalice \(since 2028-02-09T/m);
  });

  test('of many notes of a kind the first are shown, and how many more there are', () => {
    const notes = Array.from({ length: 8 }, (_, index) => ({
      kind: 'date' as const,
      text: `note ${index}`,
    }));
    const lines = noteLines([...notes, { kind: 'source', text: 'read from main' }]);
    expect(lines.slice(-3)).toEqual([
      '- note 4',
      '- 3 more notes of this kind (date): see --json',
      '- read from main',
    ]);
  });

  test('a note about another time is left out', () => {
    const note = { kind: 'date' as const, text: '', concerns: { from: 10, to: 20 } };
    const isShown = (from: number, to: number) => notesFor([note], { from, to }).length === 1;
    expect([isShown(0, 10), isShown(0, 11), isShown(19, 30), isShown(20, 30)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});
