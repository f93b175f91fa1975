import { afterAll } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietShell, type Shell } from '../lib/cli/shell.ts';

/** A directory of commands that record how they were called and answer what a test wants. */
export interface FakeCommands {
  readonly directory: string;
  /** A shell that finds the fakes first. */
  readonly $: Shell;
  /** Adds a command: a shell script, after its arguments and input have been recorded. */
  add(name: string, script: string): void;
  /** What the last call of any command read from its standard input. */
  input(): string;
  /** The arguments of each call of a command so far. */
  calls(name: string): readonly (readonly string[])[];
}

/** Of one test file; removed with its last test. */
const scratch = mkdtempSync(join(tmpdir(), 'tenantry-fake-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

export function fakeCommands(): FakeCommands {
  const directory = mkdtempSync(join(scratch, 'commands-'));
  mkdirSync(join(directory, 'calls'));
  return {
    directory,
    $: quietShell({ env: { PATH: `${directory}:/usr/bin:/bin` } }),
    add(name, script) {
      const record = `printf '%s\\0' "$@" >>"${directory}/calls/${name}"; printf '\\n\\0' >>"${directory}/calls/${name}"`;
      writeFileSync(
        join(directory, name),
        `#!/bin/sh\n${record}\ncat >"${directory}/input"\n${script}\n`,
      );
      chmodSync(join(directory, name), 0o755);
    },
    input: () => readFileSync(join(directory, 'input'), 'utf8'),
    calls(name) {
      const text = readFileSync(join(directory, 'calls', name), 'utf8');
      return text
        .split('\n\0')
        .filter((call) => call !== '')
        .map((call) => call.split('\0').slice(0, -1));
    },
  };
}
