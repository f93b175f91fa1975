import { beforeEach, expect, test } from '@jest/globals';
import { wavesOf } from '@tenantry/plan';
import { LAST_WAVE } from '@tenantry/tenants';
import { explain, HostFailure, type TenantFailures } from '../lib/cli/errors.ts';
import { createReport } from '../lib/cli/report.ts';
import { eachWave, type WaveOptions } from '../lib/deploy/each-wave.ts';
import type { ProgressEvent } from '../lib/progress/event.ts';

const canary = { name: 'canary', order: 1 };
const early = { name: 'early', order: 2 };
const waves = wavesOf([
  { id: 'alice', host: 'eu-1', wave: LAST_WAVE },
  { id: 'bob', host: 'us-1', wave: canary },
  { id: 'carol', host: 'eu-1', wave: early },
  { id: 'dave', host: 'us-1', wave: early },
]);

let tried: string[];
let told: string[];
beforeEach(() => {
  tried = [];
  told = [];
});

const tell = (event: ProgressEvent) => {
  if (event.event === 'wave') told.push(`${event.wave} ${event.state}: ${event.tenants.join(' ')}`);
};

/** Rolls out to all tenants, of whom those in `ill` fail. */
async function rollOut(
  ill: readonly string[],
  {
    maxFailures = 0,
    of = waves,
    signal = new AbortController().signal,
    lost = [],
  }: Partial<Pick<WaveOptions, 'maxFailures' | 'signal' | 'lost'>> & { of?: typeof waves } = {},
): Promise<TenantFailures | null> {
  const attempt = eachWave(
    of,
    async ({ id, host }) => {
      const away = lost.find((failure) => failure.host === host);
      if (away !== undefined) throw away;
      tried.push(id);
      // Whoever is begun at the same time is seen before anybody ends.
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (ill.includes(id)) throw new Error(`${id} is ill`);
    },
    { report: createReport(tell), signal, maxFailures, lost },
  );
  return attempt.then(
    () => null,
    (error: unknown) => error as TenantFailures,
  );
}

test('wave after wave, each told when it begins and when it ends', async () => {
  expect(await rollOut([])).toBeNull();
  expect(tried).toEqual(['bob', 'carol', 'dave', 'alice']);
  expect(told).toEqual([
    'canary running: bob',
    'canary done: bob',
    'early running: carol dave',
    'early done: carol dave',
    'rest running: alice',
    'rest done: alice',
  ]);
});

test('a wave that failed is finished, and those after it are held back and named', async () => {
  const failures = await rollOut(['carol']);
  expect(tried).toEqual(['bob', 'carol', 'dave']);
  expect(told.slice(2)).toEqual([
    'early running: carol dave',
    'early failed: carol dave',
    'rest held back: alice',
  ]);
  expect(failures?.done).toBe(2);
  expect(explain(failures)).toMatch(/\nheld back: wave early failed: rest \(alice\)\n {2}→ mend/);
});

test('as many failures as are allowed, of all waves together, hold nothing back', async () => {
  const two = await rollOut(['bob', 'carol'], { maxFailures: 2 });
  expect(tried).toEqual(['bob', 'carol', 'dave', 'alice']);
  expect(two).toMatchObject({ done: 2, heldBack: null });
  tried = [];
  const three = await rollOut(['bob', 'carol', 'dave'], { maxFailures: 2 });
  expect(tried).toEqual(['bob', 'carol', 'dave']);
  expect(three?.heldBack?.message).toMatch(/^held back: wave early failed: rest \(alice\)/);
});

test('a host that is away fails its tenants in their waves, and is told once', async () => {
  const us = new HostFailure('us-1', ['bob', 'dave'], new Error('away'));
  const one = await rollOut([], { lost: [us] });
  expect(tried).toEqual([]);
  expect(one?.errors.map(({ message }) => message.split('\n')[0])).toEqual([
    'us-1: away',
    'held back: wave canary failed: early (carol, dave), rest (alice)',
  ]);
  const two = await rollOut([], { lost: [us], maxFailures: 2 });
  expect(tried).toEqual(['carol', 'alice']);
  expect(two).toMatchObject({ done: 2, errors: [us] });
});

test('a host without tenants that is away is told all the same', async () => {
  const asia = new HostFailure('asia-1', [], new Error('away'));
  expect(await rollOut([], { lost: [asia] })).toMatchObject({ done: 4, errors: [asia] });
});

test('what fails in the last wave holds nothing back', async () => {
  expect(await rollOut(['alice'])).toMatchObject({ done: 3, heldBack: null });
});

test('a single wave is not told of', async () => {
  const of = waves.slice(0, 1);
  expect(await rollOut(['bob'], { of })).toMatchObject({ done: 0, heldBack: null });
  expect(told).toEqual([]);
});

test('after an interruption no wave is begun, and none is held back', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const stopped = rollOut([], { signal });
  while (tried.length === 0) await new Promise(setImmediate);
  controller.abort(new Error('stop'));
  expect(await stopped).toMatchObject({ message: 'stop' });
  expect(told).toEqual(['canary running: bob', 'canary done: bob']);
});
