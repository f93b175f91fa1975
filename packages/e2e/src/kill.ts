import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './tenantry.ts';

/** Whether only the command is killed, so that what it started goes on, or all of it. */
export type KillScope = 'command' | 'group';

/**
 * Starts a command of scripts/ and kills it (SIGKILL) after so many milliseconds, or once a moment has
 * come. Returns whether it was still running then.
 */
export async function killAfter(
  [script = '', ...args]: readonly string[],
  moment: number | Promise<void>,
  scope: KillScope,
): Promise<boolean> {
  const child = spawn(process.execPath, [join(root, `scripts/${script}.ts`), ...args], {
    // A group of its own.
    detached: true,
    // What a test has set in it: jest's own is a copy of the process's.
    env: process.env,
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await Promise.race([ended, typeof moment === 'number' ? sleep(moment) : moment]);
  const running = child.exitCode === null && child.pid !== undefined;
  if (running && child.pid !== undefined) {
    process.kill(scope === 'group' ? -child.pid : child.pid, 'SIGKILL');
  }
  await ended;
  return running;
}
