import { driftedObjects, type KubeObject, referenceOf } from '@tenantry/plan';
import { FIELD_MANAGER } from '@tenantry/tenants';
import type { Shell } from '../cli/shell.ts';
import { applyObjects, type Target } from '../tools/kubectl.ts';
import { replaceWhole, wholeDrift } from './whole-objects.ts';

export interface ApplyOptions {
  /** The objects are ours alone: what others have set or added is taken back. */
  readonly force: true;
}

/**
 * Applies the objects that are missing or not as wanted, and names them; the others are not even written again,
 * since taking a field over moves an object's version too. @throws CommandError
 */
export async function apply(
  $: Shell,
  target: Target,
  objects: readonly KubeObject[],
  { force }: ApplyOptions,
): Promise<readonly string[]> {
  if (objects.length === 0) return [];
  const { live, wouldBe } = await wholeDrift($, target, objects);
  const known = new Set(live.map(referenceOf));
  const drifted = new Set(driftedObjects(live, wouldBe));
  const wanting = objects.filter(
    (object) => !known.has(referenceOf(object)) || drifted.has(referenceOf(object)),
  );
  if (wanting.length === 0) return [];
  const options = { fieldManager: FIELD_MANAGER, force };
  const applied = await applyObjects($, target, wanting, options);
  await takeBackAdditions($, target, applied, wouldBe, objects);
  return wanting.map(
    (object) =>
      `${object.kind}/${object.metadata.name} ${known.has(referenceOf(object)) ? 'changed' : 'created'}`,
  );
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
