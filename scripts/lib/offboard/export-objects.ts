import {
  getObjects,
  type KubeObject,
  referenceOf,
  resourceNames,
  type Target,
} from '../tools/kubectl.ts';
import type { Shell } from '../cli/shell.ts';

/**
 * Every object that an API server lists, each once and in a fixed order. A kind that cannot be read
 * fails the whole: what is not in the export would be lost.
 */
export async function exportObjects($: Shell, target: Target): Promise<readonly KubeObject[]> {
  const resources = await resourceNames($, target, ['--verbs=list']);
  return each(await getObjects($, target, [resources.join(','), '--all-namespaces']));
}

/** Some objects are listed by two API groups. */
function each(objects: readonly KubeObject[]): readonly KubeObject[] {
  const byUid = new Map(
    objects.map((object) => [object.metadata.uid ?? referenceOf(object), object]),
  );
  return [...byUid.values()].sort((a, b) => (referenceOf(a) < referenceOf(b) ? -1 : 1));
}
