import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseTenants, type Usage, usageOf, type Version } from '../src/index.ts';

const plans = { small: { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 } };
const GiB = 2 ** 30;
const DAY = 24;

function version(date: string, tenants: readonly object[] | null): Version {
  const text = JSON.stringify({ plans, tenants });
  return { at: Date.parse(date), tenants: tenants && parseTenants(text).tenants };
}

function period(from: string, to: string) {
  return { from: Date.parse(from), to: Date.parse(to) };
}

const alice = { id: 'alice', name: 'Alice' };
const bob = { id: 'bob', name: 'Bob' };
const HISTORY = [
  version('2028-02-01', [alice]),
  version('2028-02-11', [{ ...alice, state: 'paused' }, bob]),
  version('2028-02-15T12:00Z', [alice, bob]),
  version('2028-02-21', [{ ...alice, state: 'offboarding' }, bob]),
  version('2028-02-25', [bob]),
];

const none: Omit<Usage, 'id' | 'since'> = {
  activeHours: 0,
  pausedHours: 0,
  unknownHours: 0,
  cpuHours: 0,
  memoryGiBHours: 0,
  storageGiBMonths: 0,
};

test('a history of pauses, by the hour; a leap day counts', () => {
  // A plan requests a quarter of its CPUs and half of its memory.
  expect(usageOf(HISTORY, [], period('2028-02-01', '2028-03-01'))).toEqual([
    {
      ...none,
      id: 'alice',
      since: Date.parse('2028-02-01'),
      activeHours: 15.5 * DAY,
      pausedHours: 8.5 * DAY,
      cpuHours: 15.5 * DAY * 0.5,
      memoryGiBHours: 15.5 * DAY * 2,
    },
    {
      ...none,
      id: 'bob',
      since: Date.parse('2028-02-11'),
      activeHours: 19 * DAY,
      cpuHours: 19 * DAY * 0.5,
      memoryGiBHours: 19 * DAY * 2,
    },
  ]);
});

test('only what is in the period counts, and nothing before the first version', () => {
  const hours = ([from, to]: readonly [string, string]) =>
    usageOf(HISTORY, [], period(from, to)).map(({ id, activeHours, pausedHours }) => [
      id,
      activeHours,
      pausedHours,
    ]);
  expect(hours(['2028-02-10', '2028-02-12'])).toEqual([
    ['alice', DAY, DAY],
    ['bob', DAY, 0],
  ]);
  expect(hours(['2028-01-01', '2028-02-02'])).toEqual([['alice', DAY, 0]]);
  expect(hours(['2028-01-01', '2028-01-31'])).toEqual([]);
  expect(hours(['2028-02-26', '2028-02-27'])).toEqual([['bob', DAY, 0]]);
});

test('while tenants.json cannot be read, the hours of who was in it are unknown', () => {
  const history = [version('2028-02-01', [alice]), version('2028-02-02', null)];
  expect(usageOf(history, [], period('2028-02-01', '2028-02-05'))).toEqual([
    {
      ...none,
      id: 'alice',
      since: Date.parse('2028-02-01'),
      activeHours: DAY,
      unknownHours: 3 * DAY,
      cpuHours: DAY * 0.5,
      memoryGiBHours: DAY * 2,
    },
  ]);
});

test('volumes count from when they were made, also for who left the file', () => {
  const volumes = [
    { id: 'bob', bytes: 2 * GiB, since: Date.parse('2028-01-01') },
    { id: 'bob', bytes: GiB / 2, since: Date.parse('2028-03-01') - 73 * 3_600_000 },
    { id: 'zoe', bytes: GiB, since: Date.parse('2028-03-01') - 730 * 3_600_000 },
  ];
  const usages = usageOf(HISTORY, volumes, period('2028-02-25', '2028-03-01'));
  const storage = usages.map(({ id, storageGiBMonths }) => [id, storageGiBMonths]);
  expect(storage.map(([id]) => id)).toEqual(['bob', 'zoe']);
  expect(storage[0]?.[1]).toBeCloseTo((2 * 5 * DAY) / 730 + 0.05);
  expect(storage[1]?.[1]).toBeCloseTo((5 * DAY) / 730);
});

test('an id that comes back is another tenant, with volumes of its own', () => {
  const history = [
    version('2028-02-01', [alice]),
    version('2028-02-03', [bob]),
    version('2028-02-05', [alice, bob]),
    // Replaced at once, as where dates are out of order: nobody left.
    version('2028-02-06', [bob]),
    version('2028-02-06', [alice, bob]),
  ];
  const volume = (since: string) => ({ id: 'alice', bytes: 730 * GiB, since: Date.parse(since) });
  const rows = usageOf(
    history,
    [volume('2028-02-02'), volume('2028-02-04'), volume('2028-02-07')],
    period('2028-02-01', '2028-02-08'),
  );
  expect(
    rows.map(({ id, since, activeHours, storageGiBMonths }) => [
      id,
      since,
      activeHours,
      storageGiBMonths,
    ]),
  ).toEqual([
    ['alice', Date.parse('2028-02-01'), 2 * DAY, (6 + 4) * DAY],
    ['alice', Date.parse('2028-02-05'), 3 * DAY, DAY],
    ['bob', Date.parse('2028-02-03'), 5 * DAY, 0],
  ]);
});

test('what no cluster has said is null and not zero', () => {
  const usages = usageOf(HISTORY, null, period('2028-02-01', '2028-03-01'));
  expect(usages.map(({ storageGiBMonths }) => storageGiBMonths)).toEqual([null, null]);
});

test('periods side by side add up to the whole', () => {
  const moment = fc.integer({ min: Date.parse('2028-01-25'), max: Date.parse('2028-03-05') });
  const total = (usages: readonly Usage[], key: 'activeHours' | 'pausedHours' | 'cpuHours') =>
    usages.reduce((sum, usage) => sum + usage[key], 0);
  fc.assert(
    fc.property(fc.tuple(moment, moment, moment), (moments) => {
      const [a = 0, b = 0, c = 0] = moments.toSorted((x, y) => x - y);
      const parts = [
        ...usageOf(HISTORY, [], { from: a, to: b }),
        ...usageOf(HISTORY, [], { from: b, to: c }),
      ];
      const whole = usageOf(HISTORY, [], { from: a, to: c });
      for (const key of ['activeHours', 'pausedHours', 'cpuHours'] as const) {
        expect(total(parts, key)).toBeCloseTo(total(whole, key), 6);
      }
    }),
  );
});
