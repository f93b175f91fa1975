import type { Tree } from '@tenantry/manifests';

/** What a synth changes below one directory of dist/; paths are relative to it and sorted. */
export interface DistChange {
  /** A tenant's id, or `_host`. */
  readonly directory: string;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What has to change for `found` to become `wanted`, by directory; unchanged ones are left out. */
export function distChanges(found: Tree, wanted: Tree): readonly DistChange[] {
  const changes = new Map<string, { added: string[]; changed: string[]; removed: string[] }>();
  const note = (path: string, kind: 'added' | 'changed' | 'removed') => {
    const slash = path.indexOf('/');
    const directory = path.slice(0, slash);
    const change = changes.get(directory) ?? { added: [], changed: [], removed: [] };
    change[kind].push(path.slice(slash + 1));
    changes.set(directory, change);
  };
  for (const [path, text] of wanted) {
    const old = found.get(path);
    if (old === undefined) note(path, 'added');
    else if (old !== text) note(path, 'changed');
  }
  for (const path of found.keys()) if (!wanted.has(path)) note(path, 'removed');
  return [...changes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([directory, { added, changed, removed }]) => ({
      directory,
      added: added.sort(),
      changed: changed.sort(),
      removed: removed.sort(),
    }));
}

/** A change on one line, for people. */
export function describeChange(
  { directory, added, changed, removed }: DistChange,
  isNew: boolean,
  isGone: boolean,
): string {
  if (isNew) return `${directory}: new, ${added.length} files`;
  if (isGone) return `${directory}: removed`;
  const parts = [
    ...changed,
    ...added.map((path) => `+${path}`),
    ...removed.map((path) => `-${path}`),
  ];
  return `${directory}: ${parts.join(', ')}`;
}
