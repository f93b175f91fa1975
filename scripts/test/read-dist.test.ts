import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LAST_WAVE } from '@tenantry/tenants';
import { readByHost, readTenants } from '../lib/dist/read.ts';
import { synthDist } from '../lib/dist/synth.ts';
import { contents, tempWorkspace, type TempWorkspace } from './helpers/temp-workspace.ts';

// On a busy machine a synth takes seconds.

let place: TempWorkspace;
beforeEach(async () => {
  place = tempWorkspace();
  place.tenants([
    { id: 'alice', name: 'Alice' },
    { id: 'bob', name: 'Bob' },
  ]);
  await synthDist(place, () => {});
});
afterEach(() => place.remove());

const copy = (from: string, to: string) => {
  for (const [path, text] of Object.entries(contents(join(place.dist, from)))) {
    if (text !== null) place.write(`dist/${to}/${path}`, text);
  }
};

test('what editors, systems and people put beside the tenants is passed over', () => {
  const before = JSON.stringify(readByHost(place.dist, [], undefined));
  copy('alice', 'alice copy');
  copy('alice', 'alice.orig');
  copy('alice', 'alice-copy');
  place.write('dist/.DS_Store', 'x');
  place.write('dist/README.md', 'x');
  place.write('dist/notes/notes.txt', 'x');
  place.write('dist/gone/.DS_Store', 'x');
  mkdirSync(join(place.dist, 'empty'));
  for (const path of ['_host/', 'alice/host/', 'alice/virtual/']) {
    place.write(`dist/${path}._a.yaml`, '\0');
    symlinkSync('me@nowhere', join(place.dist, path, '.#a.yaml'));
  }
  expect(JSON.stringify(readByHost(place.dist, [], undefined))).toBe(before);
});

test('the images are those that synth has named, one built and one by digest', () => {
  const [alice] = readTenants(place.dist, ['alice']);
  expect(alice?.images).toEqual({
    app: expect.stringMatching(/^tenantry\/app:[0-9a-f]{12}$/),
    cache: expect.stringMatching(/@sha256:c{64}$/),
  });
});

test('a tenant that names no wave is of the last one', async () => {
  place.tenants([
    { id: 'alice', name: 'Alice', wave: 'canary' },
    { id: 'bob', name: 'Bob' },
  ]);
  await synthDist(place, () => {});
  expect(readTenants(place.dist).map(({ wave }) => wave)).toEqual([
    { name: 'canary', order: 1 },
    LAST_WAVE,
  ]);
});

// What a command refuses, synth puts right: no advice leads in a circle.
test.each<readonly [string, () => void, RegExp]>([
  [
    'conflict marks in tenant.json',
    () =>
      place.write(
        'dist/alice/tenant.json',
        '<<<<<<< HEAD\n{}\n=======\n{"id": "alice", "hostContext": ""}\n>>>>>>> b\n',
      ),
    /alice cannot be read: .*\n {2}→ run pnpm synth/,
  ],
  [
    'conflict marks in a manifest',
    () =>
      place.write('dist/alice/virtual/a.yaml', '<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> b\n'),
    /alice cannot be read: [^]*\n {2}→ run pnpm synth/,
  ],
  [
    'a tenant.json of a workload with one image, where this one has two',
    () =>
      place.write(
        'dist/alice/tenant.json',
        contents(place.dist)['alice/tenant.json']?.replace(/,\n {2}"images": .*?}/s, '') ?? '',
      ),
    /alice cannot be read: .*one image\n {2}→ run pnpm synth/,
  ],
  [
    'no tenant.json',
    () => renameSync(join(place.dist, 'alice/tenant.json'), join(place.dir, 'x')),
    /alice cannot be read/,
  ],
  [
    'a tenant.json that names nobody here',
    () =>
      place.write(
        'dist/alice/tenant.json',
        contents(place.dist)['alice/tenant.json']?.replace('"alice"', '"alicia"') ?? '',
      ),
    /alice cannot be read: .*that of alicia\n {2}→ run pnpm synth/,
  ],
  [
    'a link in the place of a tenant',
    () => {
      renameSync(join(place.dist, 'alice'), join(place.dir, 'moved'));
      symlinkSync(join(place.dir, 'moved'), join(place.dist, 'alice'));
    },
    /alice is a link, which is not followed\n {2}→ remove it, then run pnpm synth/,
  ],
])('%s ends a command, and synth puts it right', async (_, damage, message) => {
  const before = contents(place.dist);
  damage();
  expect(() => readTenants(place.dist)).toThrow(message);
  expect(await synthDist(place, () => {})).toBe(0);
  expect(contents(place.dist)).toEqual(before);
  expect(readTenants(place.dist).map(({ id }) => id)).toEqual(['alice', 'bob']);
});

test('the only host is called as its tenants say, and has them all', () => {
  expect(readByHost(place.dist, ['bob'], 'default')).toMatchObject([
    {
      name: 'default',
      context: 'kind-tenantry',
      all: [{ id: 'alice' }, { id: 'bob' }],
      tenants: [{ id: 'bob' }],
    },
  ]);
});

describe('of several hosts', () => {
  beforeEach(async () => {
    place.tenants(
      JSON.stringify({
        hosts: { 'eu-1': { context: 'eu' }, 'us-1': { context: 'us' }, new: { context: 'new' } },
        tenants: [
          { id: 'alice', name: 'Alice', host: 'eu-1' },
          { id: 'bob', name: 'Bob', host: 'us-1' },
        ],
      }),
    );
    await synthDist(place, () => {});
  });

  test('each has its own tenants and objects, also one without tenants', () => {
    const hosts = readByHost(place.dist, [], undefined);
    expect(hosts.map(({ name, context, all }) => [name, context, all.map(({ id }) => id)])).toEqual(
      [
        ['eu-1', 'eu', ['alice']],
        ['new', 'new', []],
        ['us-1', 'us', ['bob']],
      ],
    );
    expect(hosts.map(({ hostWide }) => hostWide.length > 0)).toEqual([true, true, true]);
  });

  test('only those of the tenants that are asked for come', () => {
    const hosts = readByHost(place.dist, ['bob'], undefined);
    expect(hosts.map(({ name }) => name)).toEqual(['us-1']);
  });

  test.each<readonly [string, string, RegExp]>([
    ['without its host.json', 'host.json', /us-1 cannot be read: /],
    ['gone', '', /bob is for host us-1, context us, which .*_hosts has not\n {2}→ run pnpm synth/],
  ])('one that is %s ends a command, and synth puts it right', async (_, path, message) => {
    const before = contents(place.dist);
    rmSync(join(place.dist, '_hosts/us-1', path), { recursive: true });
    expect(() => readByHost(place.dist, [], undefined)).toThrow(message);
    await synthDist(place, () => {});
    expect(contents(place.dist)).toEqual(before);
  });
});
