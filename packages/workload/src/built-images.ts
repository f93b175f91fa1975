import type { Image } from './define-workload.ts';

/** What an image that is built is called: one alone `repository`, several each a path below it. */
export function builtName(
  images: Readonly<Record<string, Image>>,
  repository: string,
  name: string,
): string {
  return builtImages(images).size === 1 ? repository : `${repository}/${name}`;
}

/** The images that are built from this repository: their directories by their names. */
export function builtImages(images: Readonly<Record<string, Image>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(images).flatMap(([name, image]) =>
      'build' in image ? [[name, image.build] as const] : [],
    ),
  );
}
