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

/** The syncer makes a Service anew to give it the host's address, and then owns all of its fields. */
const SYNCER = 'vcluster';

export interface ApplyOptions {
  /** The objects are ours alone: what others have set is taken back. */
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
  const live = await getSame($, target, objects);
  const known = new Set(live.map(referenceOf));
  const wouldBe = await serverSide(
    $,
    target,
    objects.filter((object) => known.has(referenceOf(object))),
    { force, dryRun: true },
  );
  const drifted = new Set(driftedObjects(live, wouldBe));
  const wanting = objects.filter(
    (object) => !known.has(referenceOf(object)) || drifted.has(referenceOf(object)),
  );
  await serverSide($, target, wanting, { force });
  return wanting.map(
    (object) =>
      `${object.kind}/${object.metadata.name} ${known.has(referenceOf(object)) ? 'changed' : 'created'}`,
  );
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
