import { FIELD_MANAGER } from '@tenantry/tenants';
import { driftedObjects } from '../deploy/drift.ts';
import {
  applyObjects,
  getSame,
  type KubeObject,
  referenceOf,
  type Target,
} from '../tools/kubectl.ts';
import { CommandError, type Shell } from '../cli/shell.ts';
import { replaceWhole, wholeDrift } from './whole-objects.ts';

/** The syncer makes a Service anew to give it the host's address, and then owns all of its fields. */
const SYNCER = 'vcluster';

export interface ApplyOptions {
  /** The objects are ours alone: what others have set or added is taken back. */
  readonly force?: boolean;
}

/**
 * Applies the objects that are missing or not as wanted, and names them; the others are not even
 * written again, since taking a field over moves an object's version too. Fields that people or
 * controllers have set are a conflict, which is shown.
 * @throws CommandError with the conflicts
 */
export async function apply(
  $: Shell,
  target: Target,
  objects: readonly KubeObject[],
  { force = false }: ApplyOptions = {},
): Promise<readonly string[]> {
  if (objects.length === 0) return [];
  const { live, wouldBe } = force
    ? await wholeDrift($, target, objects)
    : await appliedDrift($, target, objects);
  const known = new Set(live.map(referenceOf));
  const drifted = new Set(driftedObjects(live, wouldBe));
  const wanting = objects.filter(
    (object) => !known.has(referenceOf(object)) || drifted.has(referenceOf(object)),
  );
  const applied = await serverSide($, target, wanting, { force });
  if (force) await takeBackAdditions($, target, applied, wouldBe, objects);
  return wanting.map(
    (object) =>
      `${object.kind}/${object.metadata.name} ${known.has(referenceOf(object)) ? 'changed' : 'created'}`,
  );
}

async function appliedDrift($: Shell, target: Target, objects: readonly KubeObject[]) {
  const live = await getSame($, target, objects);
  const known = new Set(live.map(referenceOf));
  const existing = objects.filter((object) => known.has(referenceOf(object)));
  const wouldBe = await serverSide($, target, existing, { force: false, dryRun: true });
  return { live, wouldBe };
}

/** Replaces what still differs after an apply: it leaves what others have added. */
async function takeBackAdditions(
  $: Shell,
  target: Target,
  applied: readonly KubeObject[],
  wouldBe: readonly KubeObject[],
  wanted: readonly KubeObject[],
): Promise<void> {
  const written = new Set(applied.map(referenceOf));
  const expected = wouldBe.filter((object) => written.has(referenceOf(object)));
  const different = new Set(driftedObjects(applied, expected));
  const toReplace = applied.filter((object) => different.has(referenceOf(object)));
  await replaceWhole($, target, toReplace, wanted);
}

/** Server-side apply that takes over what only the syncer has set. */
async function serverSide(
  $: Shell,
  target: Target,
  objects: readonly KubeObject[],
  options: { readonly force: boolean; readonly dryRun?: boolean },
): Promise<readonly KubeObject[]> {
  if (objects.length === 0) return [];
  const all = { ...options, fieldManager: FIELD_MANAGER };
  try {
    return await applyObjects($, target, objects, all);
  } catch (error) {
    const managers = error instanceof CommandError ? conflictingManagers(error.stderr) : [];
    if (managers.length === 0 || managers.some((manager) => manager !== SYNCER)) throw error;
    return applyObjects($, target, objects, { ...all, force: true });
  }
}

/** The field managers that kubectl names in a conflict: `conflict with "kubectl-edit" using v1`. */
export function conflictingManagers(stderr: string): readonly string[] {
  return [...stderr.matchAll(/conflicts? with "([^"]+)"/g)].map(([, manager = '']) => manager);
}
