import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { addTenant, parseTenants, setTenantKeys } from '@tenantry/tenants';
import * as fc from 'fast-check';
import { editTenants, editTenantsOnly } from '../lib/dist/edit-tenants.ts';
import { withDistLock } from '../lib/dist/lock.ts';
import { checkDist, synthDist } from '../lib/dist/synth.ts';
import {
  contents,
  ON_FIXTURE,
  root,
  tempWorkspace,
  type TempWorkspace,
} from './helpers/temp-workspace.ts';

let place: TempWorkspace;
beforeEach(() => {
  place = tempWorkspace();
  place.tenants([{ id: 'alice', name: 'Alice' }]);
});
afterEach(() => place.remove());

const quiet = () => {};
const file = () => readFileSync(place.tenantsFile, 'utf8');
const ids = () => parseTenants(file()).tenants.map(({ id }) => id);
const onboard = (id: string) =>
  editTenants(place, (text) => ({ text: addTenant(text, { id, name: id }) }), quiet);

describe('an edit is whole or not at all:', () => {
  test('both tenants.json and dist/ have it, and nothing else is left', async () => {
    await onboard('carol');
    expect(ids()).toEqual(['alice', 'carol']);
    expect(await checkDist(place, quiet)).toBe(0);
    // Of what was written just now the index says nothing before a tick of the clock is over.
    await sleep(100);
    await synthDist(place, quiet);
    expect(Object.keys(contents(place.state)).sort()).toEqual([
      expect.stringMatching(/^synth-index\./),
      'synth.lock',
    ]);
  });

  test.each<readonly [string, () => void]>([
    ['dist/ holds something else', () => place.write('dist/notes.txt', 'mine')],
    ['dist/ is a file', () => place.write('dist', 'mine')],
    [
      'the new directory is taken',
      () => {
        place.write('dist/_host/a.yaml', 'a');
        place.write('dist/carol/notes.txt', 'mine');
      },
    ],
  ])('neither has it where %s', async (_, obstruct) => {
    obstruct();
    const before = contents(place.dir);
    await expect(onboard('carol')).rejects.toThrow();
    const { '.tenantry': __, '.tenantry/synth.lock': ___, ...after } = contents(place.dir);
    expect(after).toEqual(before);
  });

  test('neither has it where tenants.json cannot be written', async () => {
    await synthDist(place, quiet);
    const before = contents(place.dir);
    // In the way of the sibling that is renamed.
    mkdirSync(join(place.dir, '.tenants.json.tmp/sub'), { recursive: true });
    await expect(onboard('carol')).rejects.toThrow();
    expect(contents(place.dir)).toMatchObject(before);
    expect(existsSync(join(place.dist, 'carol'))).toBe(false);
  });

  test('one that was killed between the two is finished by the next, whatever it is', async () => {
    await synthDist(place, quiet);
    writeFileSync(place.tenantsFile, addTenant(file(), { id: 'carol', name: 'Carol' }));
    await editTenants(place, (text) => ({ text }), quiet);
    expect(await checkDist(place, quiet)).toBe(0);
  });

  test('a refusal before the lock makes no directory for it', async () => {
    await expect(onboard('alice')).rejects.toThrow(/ids are unique/);
    expect(existsSync(place.state)).toBe(false);
  });
});

describe('at the same time', () => {
  test('edits lose nothing, in one process', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 28 }),
        async (names, day) => {
          place.tenants([{ id: 'alice0', name: 'Alice' }]);
          const through = `2028-02-${String(day).padStart(2, '0')}`;
          const renew = (text: string) => ({
            text: setTenantKeys(text, new Map([['alice0', { paidThrough: through }]])),
          });
          const add = (id: string) =>
            editTenantsOnly(place, (text) => ({ text: addTenant(text, { id, name: id }) }));
          await Promise.all([...names.map(add), editTenantsOnly(place, renew)]);
          const { tenants } = parseTenants(file());
          expect(tenants.map(({ id }) => id)).toEqual(['alice0', ...names].sort());
          expect(tenants.find(({ id }) => id === 'alice0')?.paidThrough).toBe(through);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('commands lose nothing, each a process of its own, and dist/ is right afterwards', async () => {
    const command = (name: string, ...args: readonly string[]) =>
      new Promise<number>((done) => {
        execFile(
          process.execPath,
          [ON_FIXTURE, join(root, `scripts/${name}.ts`), ...args],
          { env: { PATH: process.env['PATH'], TENANTRY_DIR: place.dir } },
          (error) => done(Number(error?.code ?? 0)),
        );
      });
    const codes = await Promise.all([
      command('onboard', 'bob', '--name', 'Bob'),
      command('onboard', 'carol', '--name', 'Carol'),
      command('renew', 'alice', '--through', '2028-02-29'),
      command('synth'),
    ]);
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(ids()).toEqual(['alice', 'bob', 'carol']);
    expect(file()).toContain('2028-02-29');
    expect(await checkDist(place, quiet)).toBe(0);
  });
});

describe('the lock', () => {
  test('that another command holds too long ends this one, and nothing is written', async () => {
    await withDistLock(place.state, async () => {
      await expect(withDistLock(place.state, async () => {}, 50)).rejects.toThrow(
        /nothing was written: another command is writing [^]*→ try again/,
      );
    });
  });

  test('that nobody can make is said, and nothing is written', async () => {
    place.write('.tenantry', 'a file');
    chmodSync(place.state, 0o400);
    const before = file();
    await expect(onboard('carol')).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(file()).toBe(before);
  });
});
