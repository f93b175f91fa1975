import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type FakeCommands, fakeCommands } from './fake-command.ts';
import { type TempWorkspace, tempWorkspace } from './helpers/temp-workspace.ts';
import { runScript } from './run-script.ts';

let fakes: FakeCommands;
let place: TempWorkspace;
beforeEach(() => {
  fakes = fakeCommands();
  place = tempWorkspace();
  fakes.add('docker', 'exit 0');
  fakes.add('kind', 'exit 0');
});
afterEach(() => place.remove());

/** No test has this name, so that only what goes on around the tests is run. */
const NO_TESTS = ['--passWithNoTests', 'no-such-test-file'];

function e2e(args: readonly string[], env: Readonly<Record<string, string>>) {
  return runScript('test-e2e', args, { PATH: `${fakes.directory}:/usr/bin:/bin`, ...env });
}
const own = (cluster: string) => ({ TENANTRY_DIR: place.dir, TENANTRY_CLUSTER: cluster });
const called = (name: string) =>
  existsSync(join(fakes.directory, 'calls', name)) ? fakes.calls(name) : [];

describe('what no test has made is neither used nor removed', () => {
  test('by asking for help', () => {
    place.write('precious', 'data');
    fakes.add('docker', 'echo 0123abcd');
    const { code, stdout } = e2e(['--help'], own('x'));
    expect([code, stdout]).toEqual([0, expect.stringContaining('pnpm test:e2e')]);
    expect([called('docker'), called('kind')]).toEqual([[], []]);
    expect(readdirSync(place.dir)).toEqual(['precious']);
  });

  test('where the directory holds something', () => {
    place.write('tenants.json', '{}');
    const { code, stderr } = e2e(NO_TESTS, own('x'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('holds something that no test')]);
    expect(readdirSync(place.dir)).toEqual(['tenants.json']);
  });

  test.each([
    ['and the directory is new', null],
    ['and the directory was of another one of that name', ['fedcba98']],
  ])('where the cluster exists, %s', (_, containers) => {
    fakes.add('docker', 'echo 0123abcd');
    if (containers) place.write('.tenantry-e2e.json', JSON.stringify({ cluster: 'x', containers }));
    const { code, stderr } = e2e(NO_TESTS, own('x'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('a kind cluster x exists')]);
    expect(called('kind')).toEqual([]);
    expect(existsSync(place.dir)).toBe(true);
  });

  test('where what was kept belongs to another cluster', () => {
    place.write('.tenantry-e2e.json', JSON.stringify({ cluster: 'y', containers: [] }));
    const { code, stderr } = e2e(NO_TESTS, own('x'));
    expect([code, stderr]).toEqual([2, expect.stringContaining("the tests' cluster y")]);
  });
});

test('a directory that was there, empty, is left empty', () => {
  const { code, stdout } = e2e(NO_TESTS, own('x'));
  expect([code, stdout]).toEqual([0, expect.stringContaining('no kind cluster x')]);
  expect(readdirSync(place.dir)).toEqual([]);
});

test('a directory that the run made is gone, and every run has a cluster of its own', () => {
  const runs = [1, 2].map(() => e2e(NO_TESTS, { TENANTRY_DIR: join(place.dir, 'new') }));
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  expect(readdirSync(place.dir)).toEqual([]);
  const names = runs.map(({ stdout }) => /no kind cluster (tenantry-e2e-\w{6})/.exec(stdout)?.[1]);
  expect(new Set(names).size).toBe(2);
  expect(names).not.toContain(undefined);
});

test('what is kept can be used again, and is known by its containers', () => {
  fakes.add('docker', `test -e ${place.dir}/made && echo 0123abcd; true`);
  const dir = join(place.dir, 'kept');
  const env = { TENANTRY_DIR: dir, TENANTRY_CLUSTER: 'x', TENANTRY_KEEP: 'Yes' };
  const first = e2e(NO_TESTS, env);
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('kept')]);
  place.write('made', '');
  // Made by hand meanwhile.
  expect(e2e(NO_TESTS, env).code).toBe(2);
  place.write('kept/.tenantry-e2e.json', '{"cluster":"x","containers":["0123abcd"]}');
  expect(e2e(NO_TESTS, env).code).toBe(0);
  expect(readFileSync(join(dir, '.tenantry-e2e.json'), 'utf8')).toContain('0123abcd');
  rmSync(join(place.dir, 'made'));
});

test('TENANTRY_KEEP is a boolean', () => {
  const { code, stderr } = e2e(NO_TESTS, { ...own('x'), TENANTRY_KEEP: 'maybe' });
  expect([code, stderr]).toEqual([2, expect.stringContaining('TENANTRY_KEEP is "maybe"')]);
  expect(existsSync(place.dir)).toBe(true);
});

test('run by jest alone, the tests refuse a directory that is not marked', () => {
  place.tenants([{ id: 'alice', name: 'Alice' }]);
  const env = { PATH: '/usr/bin:/bin', ...own('tenantry') };
  const { code, stderr } = runScript('jest', ['--selectProjects', 'e2e', '--', '3-lifecycle'], env);
  expect([code, stderr]).toEqual([1, expect.stringContaining("are no test's")]);
});
