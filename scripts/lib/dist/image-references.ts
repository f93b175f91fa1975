import { builtImages, type Image } from '@tenantry/workload';
import { imageTag } from './image-tag.ts';

/**
 * What each image is called where it is run, with its tag or digest. The one that is built is
 * `repository`; several are each a path below it.
 */
export function imageReferences<Name extends string>(
  root: string,
  repository: string,
  images: Readonly<Record<Name, Image>>,
): Readonly<Record<Name, string>> {
  const isOnly = builtImages(images).size === 1;
  const references = Object.entries<Image>(images).map(([name, image]) => [
    name,
    'pull' in image
      ? image.pull
      : `${isOnly ? repository : `${repository}/${name}`}:${imageTag(root, image.build)}`,
  ]);
  return Object.fromEntries(references) as Record<Name, string>;
}
