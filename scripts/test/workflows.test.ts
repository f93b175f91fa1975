import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { type FakeCommands, fakeCommands } from './fake-command.ts';

const root = resolve(import.meta.dirname, '../..');
const github = join(root, '.github');

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }>
  >;
}

const lifecycle = parse(readFileSync(join(github, 'workflows/lifecycle.yml'), 'utf8')) as Workflow;
const step = (name: string) =>
  lifecycle.jobs['propose']?.steps.find((each) => each.name === name)?.run ?? '';

let fakes: FakeCommands;
let temp: string;
beforeEach(() => {
  fakes = fakeCommands();
  temp = mkdtempSync(join(tmpdir(), 'tenantry-workflow-'));
  fakes.add('git', 'exit 0');
});
afterEach(() => rmSync(temp, { recursive: true, force: true }));

/** Runs a step as GitHub does. */
function runStep(name: string, env: Readonly<Record<string, string>>) {
  return spawnSync('bash', ['-e', '-c', step(name)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${fakes.directory}:/usr/bin:/bin`,
      RUNNER_TEMP: temp,
      GITHUB_OUTPUT: join(temp, 'output'),
      GITHUB_REPOSITORY: 'acme/tenants',
      GITHUB_REPOSITORY_OWNER: 'acme',
      BASE: 'main',
      BRANCH: 'tenantry/lifecycle',
      TODAY: '2026-11-25',
      GH_TOKEN: 'token',
      ...env,
    },
  });
}

const FILTER = '[.[] | select(.head.repo.full_name == "acme/tenants")][0].number // empty';

describe('the pull request of the life cycle', () => {
  test('is looked for in our own repository only, and edited where it is open', () => {
    writeFileSync(join(temp, 'due'), 'alice: pause\n');
    fakes.add('gh', 'case "$1" in api) echo 7 ;; esac');
    expect(runStep('Propose', { DUE: 'true' }).status).toBe(0);
    const [asked, ...others] = fakes.calls('gh');
    expect(asked).toEqual(
      expect.arrayContaining(['repos/acme/tenants/pulls', 'head=acme:tenantry/lifecycle', FILTER]),
    );
    expect(others.map((call) => call.slice(0, 3))).toEqual([
      ['auth', 'setup-git'],
      ['pr', 'edit', '7'],
    ]);
  });

  test('is made where ours is not there', () => {
    writeFileSync(join(temp, 'due'), 'alice: pause\n');
    fakes.add('gh', 'exit 0');
    expect(runStep('Propose', { DUE: 'true' }).status).toBe(0);
    expect(fakes.calls('gh').at(-1)?.slice(0, 2)).toEqual(['pr', 'create']);
  });

  test('has a body that GitHub takes, however much is due', () => {
    writeFileSync(join(temp, 'due'), `${'x'.repeat(300)}\n`.repeat(5000));
    fakes.add('gh', 'exit 0');
    expect(runStep('Propose', { DUE: 'true' }).status).toBe(0);
    const body = readFileSync(join(temp, 'body'), 'utf8');
    expect(body.length).toBeLessThan(65_536);
    expect(body).toContain('… and 4600 more');
  });

  test('is closed where nothing is due, and none of a fork is', () => {
    fakes.add('gh', 'exit 0');
    expect(runStep('Propose', { DUE: 'false' }).status).toBe(0);
    expect(fakes.calls('gh')).toHaveLength(1);
  });
});

test.each([
  ['nothing is due', 0, 0, 'due=false', 0],
  ['something is due', 4, 0, 'due=true', 0],
  ['something is due, and one cannot be changed', 4, 3, 'due=true', 0],
  ['it cannot be decided', 2, 0, '', 2],
  ['it cannot be written', 4, 1, 'due=true', 1],
])('where %s', (_, checked, written, output, code) => {
  fakes.add('pnpm', `case "$*" in *--check*) exit ${checked} ;; *) exit ${written} ;; esac`);
  writeFileSync(join(temp, 'output'), '');
  expect(runStep('Decide', {}).status).toBe(code);
  expect(readFileSync(join(temp, 'output'), 'utf8')).toContain(output);
});

test('pnpm is exact wherever a token may come into reach, and one that the project takes', () => {
  const action = readFileSync(join(github, 'actions/setup/action.yml'), 'utf8');
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  expect(/npm install --global .*pnpm@(\d+)\.\d+\.\d+$/m.exec(action)?.[1]).toBe(
    /^pnpm@(\d+)\.x$/.exec(packageManager)?.[1],
  );
  for (const file of readdirSync(join(github, 'workflows'))) {
    const text = readFileSync(join(github, 'workflows', file), 'utf8');
    expect(text).not.toMatch(/npx|pnpm@/);
  }
});
