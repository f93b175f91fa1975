import path from 'node:path';
import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';
import { hasImage } from '../tools/docker.ts';
import { buildInDirectory } from './build-in-directory.ts';
import { type ArchiveImage, writeArchive } from './image-archive.ts';
import { storeDirectory } from './store.ts';
import { markImageUsed } from './used.ts';

export interface ImagesWanted {
  readonly title: string;
  /** References, whose tags name what the images are made from. */
  readonly references: readonly string[];
  readonly cache: string;
  /** The name of a directory to build in, within the store. */
  readonly work: string;
}

/**
 * Sees to it that Docker has some images. Where one is missing `build` makes them all, in a directory
 * that is gone afterwards.
 */
export async function ensureImages(
  $: Shell,
  report: Report,
  { title, references, cache, work }: ImagesWanted,
  build: (directory: string) => Promise<readonly ArchiveImage[]>,
): Promise<void> {
  const areThere = async () =>
    (await Promise.all(references.map((reference) => hasImage($, reference)))).every(Boolean);
  const directory = path.join(storeDirectory(cache), work);
  if (await areThere()) report.skip(title, references.join(', '));
  else {
    await buildInDirectory(directory, areThere, async () => {
      const archive = path.join(directory, 'images.tar');
      await writeArchive($, await build(directory), path.join(directory, 'staging'), archive);
      await $`docker load --quiet --input ${archive}`;
    });
  }
  for (const reference of references) await markImageUsed(cache, reference);
}
