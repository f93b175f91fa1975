import { builtName, type Workload, workload } from '@tenantry/workload';
import { imageTag } from './image-tag.ts';

/** What makes the image of the page that stands for paused tenants. */
export const PAUSE_PAGE_DIRECTORY = 'packages/pause-page';

/** What that image is called: a path below the service's. */
export function pausePageReference(root: string, repository: string): string {
  return `${repository}/pause-page:${imageTag(root, PAUSE_PAGE_DIRECTORY)}`;
}

/**
 * What each image of the workload is called where it is run, with its tag or digest. The one that
 * is built is `repository`; several are each a path below it.
 */
export function imageReferences(
  root: string,
  repository: string,
  images: Workload['images'] = workload.images,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(images).map(([name, image]) => [
      name,
      'pull' in image
        ? image.pull
        : `${builtName(images, repository, name)}:${imageTag(root, image.build)}`,
    ]),
  );
}
