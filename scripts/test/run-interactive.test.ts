import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const library = resolve(import.meta.dirname, '../lib/cli/run-interactive.ts');

/** Runs a program from a process that stops at a signal, and says how that ended. */
function run(file: string, args: readonly string[], cwd = '/') {
  const code = `
    const { runInteractive } = await import(${JSON.stringify(library)});
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(signal, () => { console.log('interrupted by', signal); process.exit(99); });
    }
    const [file, ...args] = ${JSON.stringify([file, ...args])};
    const options = { env: process.env, cwd: ${JSON.stringify(cwd)} };
    console.log('code', await runInteractive(file, args, options));
    process.kill(process.pid, 'SIGINT');
    setTimeout(() => {}, 1000);`;
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  return { lines: child.stdout.trim().split('\n'), stderr: child.stderr };
}

/** Afterwards the signals are the caller's again. */
const AFTERWARDS = 'interrupted by SIGINT';

const sh = (script: string) => run('sh', ['-c', script]).lines;

describe('the exit code is what a shell gives', () => {
  test("the program's own", () => {
    expect(sh('exit 7')).toEqual(['code 7', AFTERWARDS]);
  });

  test.each([
    'SIGHUP',
    'SIGINT',
    'SIGQUIT',
    'SIGABRT',
    'SIGKILL',
    'SIGSEGV',
    'SIGPIPE',
    'SIGTERM',
    'SIGUSR1',
  ] as const)('128 + n after %s', (signal) => {
    const number = constants.signals[signal];
    expect(sh(`ulimit -c 0; kill -${number} $$`)[0]).toBe(`code ${128 + number}`);
  });

  test('127 where it is not found, 126 where it cannot be run', () => {
    const directory = mkdtempSync(join(tmpdir(), 'tenantry-run-'));
    try {
      const file = join(directory, 'plain');
      writeFileSync(file, '#!/bin/sh\n');
      expect(run('no-such-command', [])).toMatchObject({
        lines: ['code 127', AFTERWARDS],
        stderr: 'no-such-command: not found\n',
      });
      for (const each of [file, directory]) {
        expect(run(each, [])).toMatchObject({
          lines: ['code 126', AFTERWARDS],
          stderr: `${each}: cannot be run: EACCES\n`,
        });
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe('while it runs', () => {
  test("the terminal's signals are the program's", () => {
    const script = 'kill -INT $PPID; kill -INT $PPID; kill -QUIT $PPID; sleep 0.3; exit 7';
    expect(sh(script)).toEqual(['code 7', AFTERWARDS]);
  });

  test.each(['TERM', 'HUP'])('SIG%s is handed on to it', (signal) => {
    const script = `trap 'echo asked; exit 9' ${signal}; kill -${signal} $PPID; sleep 5 & wait`;
    expect(sh(script)).toEqual(['asked', 'code 9', AFTERWARDS]);
  });
});

test('it runs where it is told to', () => {
  expect(run('pwd', [], '/usr').lines).toEqual(['/usr', 'code 0', AFTERWARDS]);
});
