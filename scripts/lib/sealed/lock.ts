import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '../cli/processes.ts';

/**
 * Runs `action` while holding the lock file `file`, so that two clones that share a cache build an
 * output once. A lock whose process has ended counts as free.
 * @param onWait called once, with the holder's process id, when the lock is taken.
 */
export async function withLock<T>(
  file: string,
  action: () => Promise<T>,
  onWait: (holder: number) => void = () => undefined,
): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true });
  for (let waited = false; !(await take(file));) {
    const holder = await holderOf(file);
    if (holder !== undefined && !isRunning(holder)) {
      await breakLock(file, holder);
      continue;
    }
    if (!waited && holder !== undefined) {
      onWait(holder);
      waited = true;
    }
    await sleep(500);
  }
  try {
    return await action();
  } finally {
    await rm(file, { force: true });
  }
}

/** Whether a running process holds the lock file `file`. */
export async function isLocked(file: string): Promise<boolean> {
  const holder = await holderOf(file);
  return holder !== undefined && isRunning(holder);
}

/** Makes the lock file in one go, its content included. */
async function take(file: string): Promise<boolean> {
  const own = `${file}-${randomUUID()}`;
  await writeFile(own, String(process.pid));
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own);
  }
}

/** Takes the lock of an ended process away, and only that one: another may have been quicker. */
async function breakLock(file: string, holder: number): Promise<void> {
  const aside = `${file}-${randomUUID()}`;
  await rename(file, aside).catch(() => undefined);
  const found = await holderOf(aside);
  if (found !== undefined && found !== holder) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function holderOf(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // Let go in the meantime; one that cannot be read would be waited for without end.
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
