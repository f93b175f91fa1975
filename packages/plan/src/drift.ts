import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, referenceOf } from './kube-object.ts';

/** The objects whose content a server-side dry run would change. */
export function driftedObjects(
  live: readonly KubeObject[],
  wanted: readonly KubeObject[],
): readonly string[] {
  const contents = new Map(live.map((object) => [referenceOf(object), contentOf(object)]));
  return wanted
    .filter((object) => !isDeepStrictEqual(contents.get(referenceOf(object)), contentOf(object)))
    .map(referenceOf);
}

/** An object without what every write changes, and without what only the cluster says. */
function contentOf(object: KubeObject): unknown {
  const { status: _status, metadata, ...rest } = object;
  const { namespace, name, labels, annotations } = metadata;
  return { ...rest, metadata: { namespace, name, labels, annotations } };
}
