import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  applyTransition,
  dueTransitions,
  parseTenants,
  pausedAfter,
  setTenantKeys,
  splitByRoom,
  stateFields,
} from '../src/index.ts';

const PLAN = { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 };
const paused = (id: string, paidThrough: string) => ({
  id,
  name: id,
  paidThrough,
  state: 'paused',
  pausedBy: 'lifecycle',
  pausedSince: '2026-10-01',
});

function textOf(tenants: readonly object[], capacity: object): string {
  return JSON.stringify({ host: { capacity }, plans: { small: PLAN }, tenants });
}

const split = (text: string, today: string) => {
  const fleet = parseTenants(text);
  return splitByRoom(fleet, dueTransitions(fleet, today));
};

test('each host has room of its own', () => {
  const capacity = { cpu: '600m', memory: '3Gi' };
  const hosts = { 'eu-1': { context: 'eu', capacity }, 'us-1': { context: 'us', capacity } };
  const tenants = [
    { id: 'bob', name: 'Bob', host: 'eu-1' },
    { ...paused('alice', '2026-12-31'), host: 'eu-1' },
    { ...paused('carol', '2026-12-31'), host: 'us-1' },
  ];
  const text = JSON.stringify({ hosts, plans: { small: PLAN }, tenants });
  const { possible, held } = split(text, '2026-11-29');
  expect(possible).toMatchObject([{ id: 'carol', to: 'active' }]);
  expect(held).toMatchObject([
    {
      transition: { id: 'alice' },
      reason: expect.stringMatching(/^hosts\.eu-1\.capacity\.cpu is 600m/),
    },
  ]);
});

describe('on a host with room for two', () => {
  const capacity = { cpu: '1200m', memory: '6Gi' };
  const running = [
    { id: 'bob', name: 'Bob' },
    { id: 'carol', name: 'Carol' },
  ];

  test('a third stays paused with the reason, and holds up nobody else', () => {
    const dave = { ...paused('dave', '2026-09-01'), pausedSince: '2026-11-20' };
    const { possible, held } = split(
      textOf([paused('alice', '2026-12-31'), ...running, dave], capacity),
      '2026-11-29',
    );
    expect(possible).toMatchObject([{ id: 'dave', to: 'offboarding' }]);
    expect(held).toMatchObject([
      {
        transition: { id: 'alice', from: 'paused', to: 'active' },
        reason: expect.stringMatching(
          /^host\.capacity\.cpu is 1200m, the active tenants request \d+m, and this one \d+m/,
        ),
      },
    ]);
  });

  test('a pause on the same day makes the room', () => {
    const [bob, carol] = running;
    const { possible, held } = split(
      textOf(
        [paused('alice', '2026-12-31'), { ...bob, paidThrough: '2026-11-28' }, carol ?? {}],
        capacity,
      ),
      '2026-11-29',
    );
    expect(possible.map(({ id, to }) => [id, to])).toEqual([
      ['alice', 'active'],
      ['bob', 'paused'],
    ]);
    expect(held).toEqual([]);
  });

  test('of two that are to run again the first takes what is left', () => {
    const { possible, held } = split(
      textOf(
        [paused('alice', '2026-12-31'), paused('zoe', '2026-12-31'), ...running.slice(1)],
        capacity,
      ),
      '2026-11-29',
    );
    expect(possible.map(({ id }) => id)).toEqual(['alice']);
    expect(held.map(({ transition }) => transition.id)).toEqual(['zoe']);
  });
});

test('whatever is due, what is possible can be written, and all else is held with a reason', () => {
  const tenant = fc.record({
    state: fc.constantFrom('active', 'paused', 'offboarding'),
    paidThrough: fc.constantFrom('2026-09-01', '2026-12-31'),
    keep: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(tenant, { maxLength: 8 }), fc.nat(6), (entries, room) => {
      const tenants = entries.map(({ state, ...rest }, index) => ({
        id: `t${index}`,
        name: 'T',
        ...rest,
        ...(state === 'active' ? {} : { state, pausedBy: 'lifecycle', pausedSince: '2026-10-01' }),
      }));
      const active = entries.filter(({ state }) => state === 'active').length;
      const text = textOf(tenants, { cpu: `${600 * Math.max(1, active, room)}m`, memory: '999Gi' });
      const fleet = parseTenants(text);
      const due = dueTransitions(fleet, '2026-11-29');
      const { possible, held } = splitByRoom(fleet, due);
      expect(
        [...possible, ...held.map(({ transition }) => transition)].map(({ id }) => id).sort(),
      ).toEqual(due.map(({ id }) => id).sort());
      expect(
        held.every(({ transition, reason }) => transition.to === 'active' && reason !== ''),
      ).toBe(true);
      const keys = possible.map((transition) => {
        const before = fleet.tenants.find(({ id }) => id === transition.id);
        return [transition.id, before && stateFields(applyTransition(before, transition))] as const;
      });
      const after = setTenantKeys(text, new Map(keys.map(([id, set]) => [id, set ?? {}])));
      expect(() => parseTenants(after)).not.toThrow();
    }),
  );
});

test('a pause on record that begins after the day is found, whoever made it', () => {
  const fleet = parseTenants(
    JSON.stringify({
      tenants: [
        { ...paused('alice', '2026-09-01'), pausedSince: '2026-11-01' },
        { id: 'bob', name: 'Bob', state: 'paused', pausedSince: '2026-11-02' },
        { id: 'carol', name: 'Carol' },
      ],
    }),
  );
  const on = (today: string) => pausedAfter(fleet, today).map(({ id }) => id);
  expect(on('2026-10-31')).toEqual(['alice', 'bob']);
  expect(on('2026-11-01')).toEqual(['bob']);
  expect(on('2026-11-02')).toEqual([]);
});
