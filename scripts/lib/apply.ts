import { FIELD_MANAGER } from '@tenantry/tenants';
import { changedObjects } from './drift.ts';
import { applyObjects, getSame, type KubeObject, referenceOf, type Target } from './kubectl.ts';
import { CommandError, type Shell } from './shell.ts';

/** The syncer makes a Service anew to give it the host's address, and then owns all of its fields. */
const SYNCER = 'vcluster';

/**
 * Applies objects and names those that were created or changed. Fields that people or controllers
 * have set are a conflict, which is shown, unless `force` says that the objects are ours alone.
 * @throws CommandError with the conflicts
 */
export async function apply(
  $: Shell,
  target: Target,
  objects: readonly KubeObject[],
  { force = false }: { readonly force?: boolean } = {},
): Promise<readonly string[]> {
  if (objects.length === 0) return [];
  const before = await getSame($, target, objects);
  const after = await applyObjects($, target, objects, {
    fieldManager: FIELD_MANAGER,
    force,
  }).catch((error: unknown) => {
    if (!(error instanceof CommandError) || !isSyncerOnly(conflictingManagers(error.stderr)))
      throw error;
    return applyObjects($, target, objects, { fieldManager: FIELD_MANAGER, force: true });
  });
  const known = new Set(before.map(({ metadata }) => metadata.uid));
  const changed = new Set(changedObjects(before, after));
  return after
    .filter((object) => changed.has(referenceOf(object)))
    .map(
      ({ kind, metadata }) =>
        `${kind}/${metadata.name} ${known.has(metadata.uid) ? 'changed' : 'created'}`,
    );
}

/** The field managers that kubectl names in a conflict: `conflict with "kubectl-edit" using v1`. */
export function conflictingManagers(stderr: string): readonly string[] {
  return [...stderr.matchAll(/conflicts? with "([^"]+)"/g)].map(([, manager = '']) => manager);
}

function isSyncerOnly(managers: readonly string[]): boolean {
  return managers.length > 0 && managers.every((manager) => manager === SYNCER);
}
