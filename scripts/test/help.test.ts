import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

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

test('--help of every command says how it is called, and does nothing else', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-help-'));
  writeFileSync(join(directory, 'tenants.json'), 'broken');
  try {
    const runs = commands.map(async ([name, file]) => {
      // Whatever else is wrong: unknown flags, bad variables, no tool at all.
      const child = spawn(process.execPath, [join(root, file), 'x', '--bogus', '--help'], {
        env: {
          PATH: directory,
          CI: 'maybe',
          TENANTRY_DIR: directory,
          TENANTRY_CLUSTER: 'x',
          TENANTRY_CONFIRM: 'x',
          TENANTRY_JSON: 'maybe',
          TENANTRY_KEEP: 'maybe',
          TENANTRY_SEALED: 'maybe',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      return { name, code: code as unknown, usage: stdout.includes(`  pnpm ${name}`), stderr };
    });
    expect(await Promise.all(runs)).toEqual(
      commands.map(([name]) => ({ name, code: 0, usage: true, stderr: '' })),
    );
    expect(readdirSync(directory)).toEqual(['tenants.json']);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 120_000);
