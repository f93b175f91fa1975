import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '../lib/cli/processes.ts';
import { endTied, startTied } from '../lib/cli/tied-command.ts';
import { type FakeCommands, fakeCommands } from './fake-command.ts';

const library = resolve(import.meta.dirname, '../lib');

let fakes: FakeCommands;
let pidFile: string;
beforeEach(() => {
  fakes = fakeCommands();
  pidFile = join(fakes.directory, 'pid');
  fakes.add('kubectl', `echo $$ >"${pidFile}"; exec sleep 60`);
});

async function until(condition: () => boolean): Promise<boolean> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (condition()) return true;
    await sleep(50);
  }
  return false;
}

const served = () => Number(readFileSync(pidFile, 'utf8'));
const started = () => until(() => existsSync(pidFile) && served() > 0);

afterEach(() => {
  if (existsSync(pidFile) && isRunning(served())) process.kill(served(), 'SIGKILL');
});

describe('a command that serves ends', () => {
  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'where the process that started it ends by %s',
    async (signal) => {
      const code = `
        const { quietShell } = await import(${JSON.stringify(join(library, 'cli/shell.ts'))});
        const { startTied } = await import(${JSON.stringify(join(library, 'cli/tied-command.ts'))});
        await startTied(quietShell(), 'kubectl', ['proxy']);`;
      const parent = spawn(process.execPath, ['--input-type=module', '--eval', code], {
        env: { PATH: `${fakes.directory}:/usr/bin:/bin` },
        stdio: 'ignore',
      });
      expect(await started()).toBe(true);
      parent.kill(signal);
      await once(parent, 'exit');
      expect(await until(() => !isRunning(served()))).toBe(true);
    },
    30_000,
  );

  test('when it is told to', async () => {
    const command = startTied(fakes.$, 'kubectl', ['proxy']);
    expect(await started()).toBe(true);
    endTied(command);
    await command;
    expect(await until(() => !isRunning(served()))).toBe(true);
  });
});

test('a command that fails gives its own exit code and words', async () => {
  fakes.add('kubectl', 'echo no such pod >&2; exit 7');
  const output = await startTied(fakes.$, 'kubectl', ['port-forward', 'a b', "it's"]);
  expect(output).toMatchObject({ exitCode: 7, stderr: 'no such pod\n' });
  expect(fakes.calls('kubectl')).toEqual([['port-forward', 'a b', "it's"]]);
});
