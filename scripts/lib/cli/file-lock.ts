import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, messageOf } from './errors.ts';

const POLL_MS = 50;

/** SQLite's code where somebody else has the lock. */
const BUSY = 5;

export interface WaitOptions {
  /** @default as long as it takes */
  readonly waitMs?: number;
  /** Called once, where it has to wait for another process. */
  readonly onWait?: () => void;
}

/** What this very process has locked. */
const held = new Set<string>();

/**
 * Waits for the lock of a file, and holds it until it is disposed of; null where the wait is over.
 * It is the kernel's lock, for which Node has no call but SQLite's: it ends with its process,
 * however that ends, so that there is nothing stale to take over. The file is empty and stays: one
 * that is removed while somebody waits for it, and made again, is two locks.
 */
export async function takeLock(
  file: string,
  { waitMs = Infinity, onWait = () => undefined }: WaitOptions = {},
): Promise<Disposable | null> {
  mkdirSync(dirname(file), { recursive: true });
  const deadline = performance.now() + waitMs;
  for (let waits = 0; ; waits += 1) {
    const lock = tryLock(file);
    if (lock !== null || performance.now() > deadline) return lock;
    if (waits === 0 && !held.has(file)) onWait();
    await sleep(POLL_MS);
  }
}

/** Runs `action` while nobody else, in this process or another, holds the lock of a file. */
export async function withLock<T>(
  file: string,
  action: () => Promise<T>,
  options: Pick<WaitOptions, 'onWait'> = {},
): Promise<T> {
  using _ = await takeLock(file, options);
  return await action();
}

/** Whether somebody holds the lock of a file. */
export function isLocked(file: string): boolean {
  if (!existsSync(file)) return false;
  using lock = tryLock(file);
  return lock === null;
}

function tryLock(file: string): Disposable | null {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    // It would keep a journal beside the file otherwise.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if ((error as { errcode?: unknown }).errcode === BUSY) return null;
    throw new Fault({
      what: `${file} cannot be locked`,
      why: messageOf(error),
      todo: 'see whether it can be written; where no other command runs, remove it',
    });
  }
  held.add(file);
  return {
    [Symbol.dispose]() {
      held.delete(file);
      database.close();
    },
  };
}
