import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { LAST_WAVE } from '@tenantry/tenants';
import { readHostWide, readTenants } from '../lib/dist/read.ts';
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
  const before = JSON.stringify([readTenants(place.dist), readHostWide(place.dist)]);
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
  expect(JSON.stringify([readTenants(place.dist), readHostWide(place.dist)])).toBe(before);
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
