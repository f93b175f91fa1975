import { parseRecords, type Release, type ReleaseName, type ReleaseRecords } from '@tenantry/plan';
import { getObjects, type Target } from './kubectl.ts';
import type { Shell } from '../cli/shell.ts';

/** Reads a release's records. @throws CommandError where they cannot be read */
export async function readReleaseRecords(
  $: Shell,
  target: Target,
  release: ReleaseName,
): Promise<ReleaseRecords> {
  const selector = `owner=helm,name=${release.name}`;
  const where = ['-n', release.namespace, 'secrets', '--selector', selector];
  return parseRecords(await getObjects($, target, where), release);
}

/** The newest revision of a release that the vcluster chart can have left, or null. */
export async function getRelease(
  $: Shell,
  target: Target,
  name: string,
  namespace: string,
): Promise<Release | null> {
  return (await readReleaseRecords($, target, { name, namespace })).newest;
}
