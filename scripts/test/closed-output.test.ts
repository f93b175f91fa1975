import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const runMain = join(resolve(import.meta.dirname, '..'), 'lib/cli/run-main.ts');

test('a reader that has enough stops no command, and changes no exit code', async () => {
  const code = `
    import { defineCommand, runMain } from ${JSON.stringify(runMain)};
    import { setTimeout as sleep } from 'node:timers/promises';
    await runMain(defineCommand({
      usage: 'x',
      summary: 'x',
      async run({ print }) {
        for (let line = 0; line < 1000; line += 1) {
          print('a line');
          if (line % 100 === 0) await sleep(10);
        }
        return 4;
      },
    }));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ exitCode: exitCode as unknown, stderr }).toEqual({ exitCode: 4, stderr: '' });
});
