import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  contents,
  ON_FIXTURE,
  root,
  tempWorkspace,
  type TempWorkspace,
  writtenAt,
} from './helpers/temp-workspace.ts';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let place: TempWorkspace;
beforeEach(() => {
  place = tempWorkspace();
  place.tenants([{ id: 'alice', name: 'Alice' }]);
});
afterEach(() => place.remove());

/** Runs `pnpm synth` as pnpm would, below the temporary directory. */
function synth(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [ON_FIXTURE, join(root, 'scripts/synth.ts'), ...args],
      { cwd: place.dir, env: { PATH: process.env['PATH'], TENANTRY_DIR: place.dir, ...env } },
      (error, stdout, stderr) => done({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

// Each start of the command costs a second or two, so that the cases of one test share the clock.

test('synth writes, then finds nothing to do, and prints its result only', async () => {
  expect(await synth()).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^_host: new.*\nalice: new, 13 files\n2 changed, 1 tenant in dist\n$/,
    ),
    stderr: '',
  });
  expect(await synth(['--check'])).toEqual({
    code: 0,
    stdout: 'dist is up to date: 1 tenant\n',
    stderr: '',
  });
});

test('a broken tenants.json ends with exit code 2, all faults, and dist/ as it was', async () => {
  const broken = join(root, 'packages/tenants/test/broken');
  const names = ['many-faults', 'truncated-in-list', 'latin-1'];
  place.write('dist/alice/tenant.json', '{"id":"alice","hostContext":"c"}');
  for (const name of names) copyFileSync(join(broken, `${name}.json`), join(place.dir, name));
  const before = [contents(place.dir), writtenAt(place.dir)];
  const outcomes = await Promise.all(names.map((name) => synth(['--tenants', name])));
  for (const [index, name] of names.entries()) {
    const message = readFileSync(join(broken, `${name}.txt`), 'utf8');
    expect(outcomes[index]).toEqual({
      code: 2,
      stdout: '',
      stderr: message.replaceAll(/(^|  )tenants\.json(?=[: ])/gm, `$1${name}`),
    });
  }
  expect([contents(place.dir), writtenAt(place.dir)]).toEqual(before);
});

describe('other places', () => {
  test('are named by flags, or by variables, of which flags win', async () => {
    place.write('other.json', '{"tenants":[{"id":"bob","name":"Bob"}]}');
    const variables = { TENANTRY_TENANTS: 'other.json', TENANTRY_OUT: 'by-variable' };
    const outcomes = await Promise.all([
      synth(['--tenants', 'other.json', '--out', 'by-flag']),
      synth([], variables),
      synth(['--out', 'by-both'], variables),
      synth([], { TENANTRY_CHECK: '1' }),
    ]);
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 4]);
    const made = Object.keys(contents(place.dir));
    for (const out of ['by-flag', 'by-variable', 'by-both']) {
      expect(made).toContain(`${out}/bob/tenant.json`);
    }
    expect(made).not.toContain('dist');
  });

  test('that hold something else are refused untouched', async () => {
    place.write('home/letter.txt', 'dear');
    place.write('home/alice/letter.txt', 'dear');
    place.write('file', 'dear');
    const before = [contents(place.dir), writtenAt(place.dir)];
    const [directory, file, missing] = await Promise.all([
      synth(['--out', 'home']),
      synth(['--out', 'file']),
      synth(['--tenants', 'nowhere.json']),
    ]);
    expect(directory).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/home\/\S+ is not ours; nothing was written\n {2}→ /),
    });
    expect(file).toMatchObject({ code: 2, stderr: expect.stringContaining('not a directory') });
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^nowhere\.json is not there\n {2}→ least form: /),
    });
    expect([contents(place.dir), writtenAt(place.dir)]).toEqual(before);
  });
});

test('--help says it all and does nothing; what synth does not know is refused', async () => {
  const [help, flag, argument, value] = await Promise.all([
    synth(['--help']),
    synth(['--dry-run']),
    synth(['alice']),
    synth(['--out']),
  ]);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help?.stdout).toMatch(/pnpm synth \[--tenants FILE\] \[--out DIR\] \[--check\]/);
  for (const word of ['TENANTRY_TENANTS', 'TENANTRY_OUT', 'TENANTRY_CHECK']) {
    expect(help?.stdout).toContain(word);
  }
  expect(flag).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('unknown flag --dry-run; nothing was done'),
  });
  expect(argument).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^usage: pnpm synth/),
  });
  expect(value).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/'--out[^]*→ see --help/),
  });
  expect(Object.keys(contents(place.dir))).toEqual(['tenants.json']);
});
