import type { FoundDirectory } from './read-directory.ts';

/** What a synth changes in one directory of dist/; paths are relative to it and sorted. */
export interface Change {
  /** A tenant's id, or that of the hosts. */
  readonly directory: string;
  readonly kind: 'new' | 'changed' | 'removed';
  /** Whether a link stands in the directory's place, which goes. */
  readonly isLink: boolean;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** What has to change for a directory to hold the wanted files; null where nothing has. */
export function diffDirectory(
  directory: string,
  found: FoundDirectory['files'],
  wanted: ReadonlyMap<string, string>,
  isLink = false,
): Change | null {
  const paths = [...wanted.keys()];
  const added = paths.filter((path) => !found.has(path));
  const changed = paths.filter((path) => found.has(path) && found.get(path) !== wanted.get(path));
  const removed = [...found.keys()].filter((path) => !wanted.has(path));
  if (added.length + changed.length + removed.length === 0) return null;
  const kind = found.size === 0 ? 'new' : wanted.size === 0 ? 'removed' : 'changed';
  return {
    directory,
    kind,
    isLink,
    added: added.sort(),
    changed: changed.sort(),
    removed: removed.sort(),
  };
}

/** A change on one line, for people. */
export function describeChange(change: Change): string {
  const { directory, kind, isLink, added, changed, removed } = change;
  if (isLink) return `${directory}: new, ${added.length} files, in the place of a link`;
  if (kind === 'new') return `${directory}: new, ${added.length} files`;
  if (kind === 'removed') return `${directory}: removed`;
  const parts = [
    ...changed,
    ...added.map((path) => `+${path}`),
    ...removed.map((path) => `-${path}`),
  ];
  return `${directory}: ${parts.join(', ')}`;
}

/** The same, a line for each file, as `--check` says it. */
export function describeStale({ directory, added, changed, removed }: Change): readonly string[] {
  return [
    ...changed.map((path) => `stale: ${directory}/${path}`),
    ...added.map((path) => `missing: ${directory}/${path}`),
    ...removed.map((path) => `surplus: ${directory}/${path}`),
  ];
}
