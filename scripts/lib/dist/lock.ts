import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../cli/errors.ts';
import { isRunning } from '../cli/processes.ts';

interface Owner {
  readonly pid: number;
  readonly host: string;
}

const WAIT_MS = 60_000;
const POLL_MS = 20;

/** Locks that this very process holds: its id alone may be that of a dead process, used again. */
const held = new Set<string>();

/**
 * Runs `action` while no other process of ours writes tenants.json or dist/. Waits for one that does;
 * a lock whose process is gone is taken over.
 * @throws Fault where the other one takes longer than `waitMs`
 */
export async function withLock<T>(
  state: string,
  action: () => Promise<T>,
  waitMs = WAIT_MS,
): Promise<T> {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const lock = join(state, 'synth.lock');
  const own = `${JSON.stringify({ pid: process.pid, host: hostname() } satisfies Owner)}\n`;
  const deadline = performance.now() + waitMs;
  while (!take(lock, own)) {
    if (performance.now() > deadline) throw heldTooLong(lock);
    await sleep(POLL_MS);
  }
  held.add(lock);
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
    held.delete(lock);
  }
}

/** Whether the lock is ours now. It appears with its content at once, so that nobody reads half of it. */
function take(lock: string, own: string): boolean {
  const draft = `${lock}.${process.pid}`;
  writeFileSync(draft, own);
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    removeStale(lock, draft);
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Of two processes that find the same stale lock, one moves it away; where that was the other's new
 * lock already, it is put back.
 */
function removeStale(lock: string, draft: string): void {
  const seen = read(lock);
  if (seen === null || held.has(lock) || !isStale(seen)) return;
  const aside = `${draft}.stale`;
  try {
    renameSync(lock, aside);
    if (read(aside) !== seen) linkSync(aside, lock);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function isStale(text: string): boolean {
  const { pid, host } = ownerOf(text);
  return host === hostname() && (pid === process.pid || !isRunning(pid));
}

function ownerOf(text: string): Owner {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return { pid: 0, host: 'unknown' };
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function heldTooLong(lock: string): Fault {
  const { pid, host } = ownerOf(read(lock) ?? '');
  return new Fault({
    what: 'nothing was written',
    why: `process ${pid} on ${host} is writing tenants.json or dist/`,
    todo: `try again when it is done; where there is no such process, remove ${lock}`,
  });
}
