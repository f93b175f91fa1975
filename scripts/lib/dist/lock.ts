import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../cli/errors.ts';
import { takeLock } from '../cli/file-lock.ts';

const WAIT_MS = 60_000;

/**
 * Runs `action` while no other process of ours writes tenants.json or dist/. Waits for one that does.
 * @throws Fault where the other one takes longer than `waitMs`
 */
export async function withDistLock<T>(
  state: string,
  action: () => Promise<T>,
  waitMs = WAIT_MS,
): Promise<T> {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const file = join(state, 'synth.lock');
  using lock = await takeLock(file, { waitMs });
  if (lock === null) {
    throw new Fault({
      what: 'nothing was written',
      why: 'another command is writing tenants.json or dist/',
      todo: `try again when it is done; fuser ${file} shows its process`,
    });
  }
  return await action();
}
