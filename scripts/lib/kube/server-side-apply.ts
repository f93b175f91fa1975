import { FIELD_MANAGER } from '@tenantry/tenants';
import { Fault } from '../cli/errors.ts';
import { describeConflicts, type ObjectConflict, parseConflicts } from './conflicts.ts';
import { driftedObjects } from '@tenantry/plan';
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
  /** A command that takes over what others have set, for the error message. */
  readonly takeOver?: string;
}

/**
 * Applies the objects that are missing or not as wanted, and names them; the others are not even
 * written again, since taking a field over moves an object's version too. Fields that people or
 * controllers have set are a conflict, which is shown.
 * @throws Fault with the conflicts: object, field, manager and the way out
 */
export async function apply(
  $: Shell,
  target: Target,
  objects: readonly KubeObject[],
  { force = false, takeOver }: ApplyOptions = {},
): Promise<readonly string[]> {
  if (objects.length === 0) return [];
  const { live, wouldBe } = force
    ? await wholeDrift($, target, objects)
    : await appliedDrift($, target, objects, takeOver);
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

async function appliedDrift(
  $: Shell,
  target: Target,
  objects: readonly KubeObject[],
  takeOver: string | undefined,
) {
  const live = await getSame($, target, objects);
  const known = new Set(live.map(referenceOf));
  const existing = objects.filter((object) => known.has(referenceOf(object)));
  const wouldBe = await serverSide($, target, existing, {
    force: false,
    dryRun: true,
    ...(takeOver !== undefined && { takeOver }),
  });
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
  options: { readonly force: boolean; readonly dryRun?: boolean; readonly takeOver?: string },
): Promise<readonly KubeObject[]> {
  if (objects.length === 0) return [];
  const { takeOver, ...flags } = options;
  const all = { ...flags, fieldManager: FIELD_MANAGER };
  try {
    return await applyObjects($, target, objects, all);
  } catch (error) {
    const conflicts = error instanceof CommandError ? parseConflicts(error.stderr) : [];
    if (conflicts.length === 0) throw error;
    if (conflicts.every(({ manager }) => manager === SYNCER)) {
      return applyObjects($, target, objects, { ...all, force: true });
    }
    throw new Fault({
      what: 'what dist/ declares has been changed by others',
      why: describeConflicts(await conflictsOf($, target, objects)),
      todo: `undo that there${takeOver === undefined ? '' : `, or take it over:\n    ${takeOver}`}`,
    });
  }
}

/** kubectl does not say whose the conflicts are: each object is asked for by itself. */
async function conflictsOf(
  $: Shell,
  target: Target,
  objects: readonly KubeObject[],
): Promise<readonly ObjectConflict[]> {
  const found: ObjectConflict[] = [];
  for (const object of objects) {
    try {
      await applyObjects($, target, [object], { fieldManager: FIELD_MANAGER, dryRun: true });
    } catch (error) {
      const conflicts = error instanceof CommandError ? parseConflicts(error.stderr) : [];
      if (conflicts.length === 0) throw error;
      found.push(...conflicts.map((conflict) => ({ ...conflict, object })));
    }
  }
  return found;
}
