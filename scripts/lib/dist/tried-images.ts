import { isDeepStrictEqual } from 'node:util';
import { type Fleet, type Release, suggest } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';
import { readTenants } from './read.ts';

/** The release of that name. @throws UsageError with a suggestion */
export function findRelease({ releases }: Pick<Fleet, 'releases'>, name: string): Release {
  const release = releases.find((candidate) => candidate.name === name);
  if (release !== undefined) return release;
  const names = releases.map((candidate) => candidate.name);
  const near = suggest(name, names);
  const hint = near === null ? `known: ${names.join(', ')}` : `did you mean ${near}?`;
  throw new UsageError(`no release ${JSON.stringify(name)} in tenants.json\n  → ${hint}`);
}

/**
 * The images that the tenants of a release have in dist/: what was reviewed, and not what this
 * checkout has become since. @throws UsageError where none runs it, or not all the same
 */
export function triedImages(
  dist: string,
  fleet: Pick<Fleet, 'releases' | 'tenants'>,
  name: string,
): Release['images'] {
  const release = findRelease(fleet, name);
  const ids = fleet.tenants.filter((tenant) => tenant.release.name === name).map(({ id }) => id);
  if (ids.length === 0) {
    if (Object.keys(release.images).length > 0) return release.images;
    throw new UsageError(
      `no tenant runs ${name}, so that nothing of it was tried; nothing was changed\n` +
        `  → "release": ${JSON.stringify(name)} for a tenant in tenants.json, pnpm synth, pnpm deploy`,
    );
  }
  const [first, ...others] = readTenants(dist, ids).map(({ images }) => images);
  if (first === undefined || !others.every((images) => isDeepStrictEqual(images, first))) {
    throw new UsageError(
      `the tenants of ${name} do not all have the same images in ${dist}; nothing was changed\n  → pnpm synth`,
    );
  }
  return first;
}
