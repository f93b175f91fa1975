import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UsageError } from '../lib/cli/errors.ts';
import { workspace } from '../lib/cli/workspace.ts';
import { readFleet, synthDist } from '../lib/dist/synth.ts';
import type { MovedArchive } from '../lib/move/journal.ts';
import { type MoveMeans, moveTenant } from '../lib/move/move-tenant.ts';
import { type TempWorkspace, tempWorkspace } from './helpers/temp-workspace.ts';
import { textReport } from './helpers/text-report.ts';

const HOSTS = {
  'eu-1': { context: 'eu' },
  'us-1': { context: 'us', capacity: { cpu: '2', memory: '8Gi', tenants: 2 } },
};
const ALICE = { id: 'alice', name: 'Alice', host: 'eu-1' };
const BOB = { id: 'bob', name: 'Bob', host: 'us-1' };

let place: TempWorkspace;
/** What each host has of alice: a namespace, by its uid, and what runs in it. */
let live: Map<string, { readonly uid: string; state: string; data: string }>;
/** On the host that alice moves to. */
let mark: string | null;
let calls: string[];
/** The call before which, or after which, the move is stopped. */
let stop: { readonly at: number; readonly when: 'before' | 'after' } | null;
beforeEach(async () => {
  place = tempWorkspace();
  live = new Map([['eu-1', { uid: 'uid-1', state: 'active', data: 'her data' }]]);
  [mark, calls, stop] = [null, [], null];
  await declare([ALICE, BOB]);
});
afterEach(() => place.remove());

async function declare(tenants: readonly object[]): Promise<void> {
  place.tenants(JSON.stringify({ hosts: HOSTS, tenants }));
  await synthDist(place, () => {});
}

const archives = () => join(place.dir, 'archives');
const entry = () => {
  const tenant = readFleet(place.tenantsFile).tenants.find(({ id }) => id === 'alice');
  return { host: tenant?.host.name, state: tenant?.state };
};

/** Two hosts that are kept in memory; only the archive is a file. */
const means: MoveMeans = {
  check: () => call('check', () => undefined),
  deploy: () =>
    call('deploy', () => {
      const { host = '', state = '' } = entry();
      const there = live.get(host);
      if (there === undefined) throw new Error(`a new tenant was made on ${host}`);
      live.set(host, { ...there, state });
    }),
  archive: (note) =>
    call('archive', () => {
      const there = live.get('eu-1');
      if (there?.state !== 'paused') throw new Error('alice is not held');
      const name = `alice-2026-11-26T07-00-0${calls.length % 10}Z.tar`;
      const archive = {
        name,
        digest: `sha256:${'0'.repeat(64)}`,
        namespaceUid: there.uid,
        generation: 1,
      };
      note(archive);
      writeFileSync(join(archives(), name), there.data);
      return archive;
    }),
  isHeld: async ({ namespaceUid }) => {
    const there = live.get('eu-1');
    return there?.uid === namespaceUid && there.state === 'paused';
  },
  restore: ({ name }: MovedArchive) =>
    call('restore', () => {
      if (mark === 'restored') return;
      const data = readFileSync(join(archives(), name), 'utf8');
      live.set('us-1', { uid: 'uid-2', state: 'paused', data });
      mark = 'restored';
    }),
  remove: () =>
    call('remove', () => {
      if (live.get('us-1')?.data !== 'her data') throw new Error('her data is lost');
      live.delete('eu-1');
    }),
  forget: () => call('forget', () => void (mark = null)),
};

async function call<T>(name: string, effect: () => T): Promise<T> {
  calls.push(name);
  const isNow = stop?.at === calls.length;
  if (isNow && stop?.when === 'before') throw new Error('stopped');
  const result = effect();
  if (isNow) throw new Error('stopped');
  const running = [...live.values()].filter(({ state }) => state === 'active');
  expect(running.length).toBeLessThanOrEqual(1);
  return result;
}

function move(id = 'alice', to = 'us-1'): Promise<void> {
  const context = {
    workspace: workspace({ TENANTRY_DIR: place.dir }),
    report: textReport(),
    print: () => undefined,
  };
  return moveTenant(context, id, to, async () => means);
}

/** Alice lives on us-1 as she did on eu-1, and nothing of the move is left. */
function mustBeMoved(state = 'active'): void {
  expect([...live]).toEqual([['us-1', { uid: 'uid-2', state, data: 'her data' }]]);
  expect(entry()).toEqual({ host: 'us-1', state });
  expect(mark).toBeNull();
  expect(readdirSync(archives())).toEqual([]);
}

test('a tenant is held, archived, restored there, and only then removed here', async () => {
  await move();
  expect(calls).toEqual(['check', 'deploy', 'archive', 'restore', 'deploy', 'remove', 'forget']);
  mustBeMoved();
});

test.each(
  [1, 2, 3, 4, 5, 6, 7].flatMap(
    (at) =>
      [
        { at, when: 'before' },
        { at, when: 'after' },
      ] as const,
  ),
)('stopped $when step $at, the same call takes it up again', async (where) => {
  stop = where;
  await expect(move()).rejects.toThrow('stopped');
  stop = null;
  await move();
  mustBeMoved();
});

test('one that is paused stays so', async () => {
  await declare([{ ...ALICE, state: 'paused' }, BOB]);
  live.set('eu-1', { uid: 'uid-1', state: 'paused', data: 'her data' });
  await move();
  mustBeMoved('paused');
});

test('what was archived before it was brought back is not what is restored', async () => {
  stop = { at: 3, when: 'after' };
  await expect(move()).rejects.toThrow('stopped');
  stop = null;
  live.set('eu-1', { uid: 'uid-1', state: 'active', data: 'her data' });
  calls = [];
  await move();
  expect(calls.slice(0, 3)).toEqual(['check', 'deploy', 'archive']);
  mustBeMoved();
});

test('where it lives already, nothing is done', async () => {
  await move('bob');
  expect(calls).toEqual([]);
});

describe('nothing is changed', () => {
  const [alice, bob] = [ALICE, BOB];
  const carol = { id: 'carol', name: 'Carol', host: 'us-1', state: 'paused' };
  test.each<readonly [string, readonly object[], string, string, RegExp]>([
    ['of one that is not there', [alice, bob], 'alicia', 'us-1', /did you mean alice\?/],
    ['on a host that is not there', [alice, bob], 'alice', 'us-2', /did you mean us-1\?/],
    [
      'of one that is offboarding',
      [{ ...alice, state: 'offboarding' }, bob],
      'alice',
      'us-1',
      /alice is offboarding/,
    ],
    [
      'where the host has no room by tenants.json',
      [alice, bob, carol],
      'alice',
      'us-1',
      /hosts\.us-1\.capacity\.tenants: found 2; 3 tenants live there/,
    ],
  ])('%s', async (_, tenants, id, to, message) => {
    await declare(tenants);
    const before = readFileSync(place.tenantsFile, 'utf8');
    await expect(move(id, to)).rejects.toThrow(message);
    expect(readFileSync(place.tenantsFile, 'utf8')).toBe(before);
    expect([calls, existsSync(archives())]).toEqual([[], false]);
  });

  test('while it is on its way to another host', async () => {
    stop = { at: 3, when: 'before' };
    await expect(move()).rejects.toThrow('stopped');
    calls = [];
    await expect(move('alice', 'eu-1')).rejects.toThrow(UsageError);
    expect(calls).toEqual([]);
  });

  test('where Flux has been given one of the hosts since it began', async () => {
    stop = { at: 3, when: 'after' };
    await expect(move()).rejects.toThrow('stopped');
    calls = [];
    const flux = { registry: 'oci://registry.example.com/tenants' };
    const hosts = { ...HOSTS, 'eu-1': { ...HOSTS['eu-1'], engine: 'flux', flux } };
    place.tenants(JSON.stringify({ hosts, tenants: [{ ...ALICE, state: 'paused' }, BOB] }));
    await expect(move()).rejects.toThrow(/Flux applies dist\/ to eu; nothing was changed/);
    expect(calls).toEqual([]);
  });

  test.each([
    '{',
    '{"id":"alice"}',
    '{"id":"bob","from":"eu-1","to":"us-1","wasActive":true,"archive":null,"isRemoved":false}',
  ])('at a journal that is none of its own: %s', async (text) => {
    place.write('archives/alice.moving.json', text);
    await expect(move()).rejects.toThrow('is no journal of a move of alice');
    expect(calls).toEqual([]);
  });
});
