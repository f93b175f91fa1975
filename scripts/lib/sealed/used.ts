import { mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exists } from './files.ts';
import { storeDirectory } from './store.ts';

/** Notes that a directory of the store is used now, where it is there. */
export async function markUsed(directory: string): Promise<void> {
  const now = new Date();
  try {
    await utimes(directory, now, now);
  } catch (error) {
    // A cache that only root may write is used by others all the same.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EPERM' && code !== 'EACCES' && code !== 'EROFS') throw error;
  }
}

/** Notes that an image of Docker is used now: Docker itself only knows when it came. */
export async function markImageUsed(cache: string, image: string): Promise<void> {
  const file = stampOf(cache, image);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, '');
}

/** When an image was last used; one that nobody has noted yet counts as used now, and is noted. */
export async function imageUsedAt(cache: string, image: string): Promise<number> {
  const file = stampOf(cache, image);
  if (!(await exists(file))) await markImageUsed(cache, image);
  return (await stat(file)).mtimeMs;
}

export function stampOf(cache: string, image: string): string {
  return path.join(storeDirectory(cache), 'used', encodeURIComponent(image));
}
