import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

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
      await rm(file, { force: true });
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

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function holderOf(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
