import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pnpmCommand } from '../lib/cli/pnpm.ts';

const root = resolve(import.meta.dirname, '../..');

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};
/** Every command of ours, by its name: `pnpm test:e2e` is scripts/test-e2e.ts. */
const commands = Object.entries(scripts).flatMap(([name, line]) => {
  const [, file] = /^node (scripts\/[\w-]+\.ts)$/.exec(line) ?? [];
  return file === undefined ? [] : [[name, file] as const];
});

test('every script of scripts/ is a command', () => {
  const files = readdirSync(join(root, 'scripts')).filter((name) => name.endsWith('.ts'));
  expect(commands.map(([, file]) => file.replace('scripts/', '')).sort()).toEqual(files.sort());
});

/** pnpm's parser answers `--help` behind the names of its own commands before it reads any file. */
const BUILT_IN = ['deploy'];

/** Runs a program to its end. */
async function runToEnd(
  command: readonly [string, ...string[]],
  cwd: string,
  env: NodeJS.ProcessEnv,
) {
  const [file, ...args] = command;
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: code as unknown, stdout, stderr };
}

/** What every command answers to `--help`, whatever else is wrong: unknown flags, bad variables, no tool at all. */
async function askAll(directory: string) {
  const env = {
    PATH: directory,
    CI: 'maybe',
    TENANTRY_DIR: directory,
    TENANTRY_CLUSTER: 'x',
    TENANTRY_CONFIRM: 'x',
    TENANTRY_JSON: 'maybe',
    TENANTRY_KEEP: 'maybe',
    TENANTRY_SEALED: 'maybe',
  };
  return Promise.all(
    commands.map(async ([name, file]) => {
      const command = [process.execPath, join(root, file), 'x', '--bogus', '--help'] as const;
      return { name, ...(await runToEnd([...command], root, env)) };
    }),
  );
}

describe('--help of every command', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-help-'));
  let answers: Awaited<ReturnType<typeof askAll>>;
  beforeAll(async () => {
    writeFileSync(join(directory, 'tenants.json'), 'broken');
    answers = await askAll(directory);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('says how it is called, and does nothing else', () => {
    expect(
      answers.map(({ name, code, stdout, stderr }) => {
        const call = BUILT_IN.includes(name) ? `pnpm run ${name}` : `pnpm ${name}`;
        return { name, code, usage: stdout.includes(`\n  ${call}`), stderr };
      }),
    ).toEqual(commands.map(([name]) => ({ name, code: 0, usage: true, stderr: '' })));
    expect(readdirSync(directory)).toEqual(['tenants.json']);
  });

  test('names no variable that means something else to another command', () => {
    const meanings = new Map<string, Set<string>>();
    for (const { stdout } of answers) {
      const flags = stdout.matchAll(/^ {2}--\S+ +([A-Z]*).*\(or (TENANTRY_\w+)\)$/gm);
      for (const [, value = '', variable = ''] of flags) {
        meanings.set(variable, (meanings.get(variable) ?? new Set()).add(value));
      }
    }
    const unclear = [...meanings].filter(([, values]) => values.size > 1);
    expect(unclear.map(([variable, values]) => [variable, ...values])).toEqual([]);
  });
});

test('pnpm hands --help to every script but those that have a name of its own commands', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-pnpm-'));
  const ours = Object.keys(scripts);
  try {
    const echo = Object.fromEntries(ours.map((name) => [name, 'echo ours']));
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ scripts: echo }));
    const reaches = async (...args: readonly string[]) => {
      const [file, ...first] = pnpmCommand();
      const { stdout } = await runToEnd([file, ...first, ...args], directory, process.env);
      return stdout === 'ours --help\n';
    };
    const kept: string[] = [];
    for (const name of ours) if (!(await reaches(name, '--help'))) kept.push(name);
    expect(kept).toEqual(BUILT_IN);
    for (const name of BUILT_IN) {
      expect([await reaches('run', name, '--help'), await reaches(name, '--', '--help')]).toEqual([
        true,
        true,
      ]);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
