import { mkdir, rm } from 'node:fs/promises';
import { withLock } from '../cli/file-lock.ts';

/**
 * Builds something in a directory that lives as long as the build, unless it is built by the time that
 * nobody else builds it.
 */
export async function buildInDirectory(
  directory: string,
  isBuilt: () => Promise<boolean>,
  build: () => Promise<void>,
): Promise<void> {
  await withLock(`${directory}.lock`, async () => {
    if (await isBuilt()) return;
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    try {
      await build();
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}
