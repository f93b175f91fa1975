import type { Image } from './define-workload.ts';

/** The images that are built from this repository: their directories by their names. */
export function builtImages(images: Readonly<Record<string, Image>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(images).flatMap(([name, image]) =>
      'build' in image ? [[name, image.build] as const] : [],
    ),
  );
}
