import { builtName, type Image, workload } from '@tenantry/workload';
import type { Breach } from './breach.ts';
import { valueAt } from './explain.ts';
import { show } from './fault.ts';
import { referenceBreaches } from './reference-rules.ts';
import { DEFAULT_RELEASES, DEFAULT_REPOSITORY } from './schema.ts';
import { suggest } from './suggest.ts';

const DIGEST = /^[^@\s]+@sha256:[0-9a-f]{64}$/;
const CONTENT_TAG = /^[0-9a-f]{12}$/;

/** What is wrong with the images that releases pin: they are those of the workload as it is today. */
export function pinnedImageBreaches(file: unknown): readonly Breach[] {
  const named = valueAt(file, ['image', 'repository']);
  const repository = typeof named === 'string' ? named : DEFAULT_REPOSITORY;
  return Object.entries(releasesOf(file)).flatMap(([name, release]) =>
    Object.entries(Object(valueAt(release, ['images']))).flatMap(([image, reference]) =>
      pinBreaches(image, reference, repository).map((message): Breach => ({
        path: ['releases', name, 'images', image],
        message,
      })),
    ),
  );
}

function releasesOf(file: unknown): Readonly<Record<string, unknown>> {
  return Object(valueAt(file, ['releases'])) as Readonly<Record<string, unknown>>;
}

function pinBreaches(name: string, reference: unknown, repository: string): readonly string[] {
  const images: Readonly<Record<string, Image>> = workload.images;
  const image = Object.hasOwn(images, name) ? images[name] : undefined;
  if (image === undefined) {
    const near = suggest(name, Object.keys(images));
    const hint =
      near === null
        ? `known images: ${Object.keys(images).join(', ')}`
        : `did you mean ${show(near)}?`;
    return [`the workload has no such image; ${hint}`];
  }
  if (typeof reference !== 'string') return [];
  if ('pull' in image) {
    return DIGEST.test(reference)
      ? []
      : [`found ${show(reference)}; an image that is pulled is pinned by its digest: …@sha256:…`];
  }
  // Whatever is built here is pushed under this name: no other program's may stand in its place.
  const own = builtName(images, repository, name);
  const [tag = ''] = reference.startsWith(`${own}:`) ? [reference.slice(own.length + 1)] : [];
  return CONTENT_TAG.test(tag)
    ? []
    : [
        `found ${show(reference)}; an image that is built is pinned by the tag of what it was built from, ${own}:<12 hexadecimal digits>`,
      ];
}

/** What is wrong with what tenants say of releases. */
export function releaseReferenceBreaches(file: unknown): readonly Breach[] {
  return referenceBreaches(
    file,
    'release',
    Object.keys({ ...DEFAULT_RELEASES, ...releasesOf(file) }),
  );
}
