import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { KubeObject } from '@tenantry/plan';
import { acquireLease, holderOf } from '../lib/kube/lease.ts';
import { apiError, type FakeApi, fakeApi } from './helpers/fake-api.ts';

const PLACE = { namespace: 'tenantry-system', name: 'tenant-alice' };
const LEASE = 'coordination.k8s.io/v1 Lease tenantry-system/tenant-alice';
const OTHER = 'ci@runner, process 7';

let host: FakeApi;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  host = fakeApi();
  host.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: PLACE.namespace } });
});
afterEach(() => void jest.useRealTimers());

const acquire = () =>
  acquireLease(host.client, PLACE, { what: 'alice', signal: new AbortController().signal });

const specOf = () => host.get(LEASE)?.['spec'] as { holderIdentity: string; renewTime: string };

function takenOver(): void {
  const there = host.get(LEASE) as KubeObject;
  host.put({ ...there, spec: { ...specOf(), holderIdentity: OTHER } });
}

test('is renewed while it is held, and given back', async () => {
  const held = await acquire();
  const before = specOf();
  await jest.advanceTimersByTimeAsync(60_000);
  await held.mustBeHeld();
  expect(specOf().holderIdentity).toBe(holderOf());
  expect(Date.parse(specOf().renewTime) - Date.parse(before.renewTime)).toBe(60_000);
  await held[Symbol.asyncDispose]();
  expect(host.get(LEASE)).toBeUndefined();
});

test('that another has taken over is lost with the next renewal, and left to that one', async () => {
  const held = await acquire();
  takenOver();
  await jest.advanceTimersByTimeAsync(10_000);
  expect(held.lost.aborted).toBe(true);
  await expect(held.mustBeHeld()).rejects.toThrow(
    `alice: its lease was taken over by ${OTHER}, which holds it now`,
  );
  await held[Symbol.asyncDispose]();
  expect(specOf().holderIdentity).toBe(OTHER);
});

test('that is taken over just before it is given back is left to that one', async () => {
  const held = await acquire();
  takenOver();
  await expect(held[Symbol.asyncDispose]()).rejects.toThrow(`taken over by ${OTHER}`);
  expect(specOf().holderIdentity).toBe(OTHER);
});

test('is lost where its renewal is refused', async () => {
  await using held = await acquire();
  host.refuse(LEASE, apiError(403, 'forbidden'));
  await jest.advanceTimersByTimeAsync(10_000);
  await expect(held.mustBeHeld()).rejects.toThrow(
    'its lease cannot be renewed: request: 403 forbidden',
  );
});

test('is asked for before a write after a sleep, and by no write before', async () => {
  await using held = await acquire();
  takenOver();
  await held.mustBeHeld();
  // The timers of a machine that slept have not run yet.
  jest.setSystemTime(Date.now() + 25_000);
  await expect(held.mustBeHeld()).rejects.toThrow(OTHER);
});

test('a server that does not answer loses nothing, but nothing is written meanwhile', async () => {
  await using held = await acquire();
  host.refuse(LEASE, apiError(503, 'down'));
  await jest.advanceTimersByTimeAsync(15_000);
  await held.mustBeHeld();
  await jest.advanceTimersByTimeAsync(10_000);
  await expect(held.mustBeHeld()).rejects.toThrow('503 down');
  host.refuse(LEASE, null);
  await jest.advanceTimersByTimeAsync(2000);
  await held.mustBeHeld();
});
