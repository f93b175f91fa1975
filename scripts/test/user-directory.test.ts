import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { workspace, userDirectory } from '../lib/cli/workspace.ts';
import { type TempWorkspace, tempWorkspace } from './helpers/temp-workspace.ts';
import { runScript } from './run-script.ts';

let place: TempWorkspace;
beforeEach(() => {
  place = tempWorkspace();
  place.write('sub/mine.json', '{"tenants":[{"id":"alice","name":"Alice"}]}');
});
afterEach(() => place.remove());

/** As pnpm starts a root script that was called in `sub`. */
const fromSub = (script: string) => ({
  TENANTRY_DIR: place.dir,
  INIT_CWD: join(place.dir, 'sub'),
  npm_lifecycle_event: script,
  npm_lifecycle_script: `node scripts/${script}.ts`,
});

test('--tenants and --out are read from where the user stands', () => {
  const { code, stderr } = runScript(
    'synth',
    ['--tenants', 'mine.json', '--out', 'out'],
    fromSub('synth'),
  );
  expect([code, stderr]).toEqual([0, '']);
  expect(readdirSync(place.dir)).toEqual(['.tenantry', 'sub']);
  expect(existsSync(join(place.dir, 'sub/out/alice/tenant.json'))).toBe(true);
});

test('so is --from', () => {
  place.write('tenants.json', '{"tenants":[{"id":"alice","name":"Alice"}]}');
  const args = ['alice', '--from', 'no.tar', '--identity', 'key'];
  const { code, stderr } = runScript('restore', args, fromSub('restore'));
  expect(code).not.toBe(0);
  expect(stderr).toContain(join(place.dir, 'sub/no.tar'));
});

test('without pnpm it is the working directory, also below a script that pnpm has started', () => {
  mkdirSync(join(place.dir, 'sub/deeper'));
  const { code } = runScript(
    'synth',
    ['--tenants', '../mine.json', '--out', 'out'],
    fromSub('connect'),
    join(place.dir, 'sub/deeper'),
  );
  expect(code).toBe(0);
  expect(readdirSync(join(place.dir, 'sub/deeper'))).toEqual(['out']);
});

test('relative variables are, too', () => {
  const here = { INIT_CWD: '/home/user', npm_lifecycle_script: process.argv[1] ?? '' };
  const env = { ...here, npm_lifecycle_event: 'x', TENANTRY_DIR: 'd', TENANTRY_CACHE: '../c' };
  expect(userDirectory(env)).toBe('/home/user');
  expect(workspace(env)).toMatchObject({ dir: '/home/user/d', cache: '/home/c/tenantry' });
  expect(userDirectory({ INIT_CWD: '/home/user' })).toBe(process.cwd());
});
