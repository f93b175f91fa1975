import { join } from 'node:path';
import type { Tree } from '@tenantry/manifests';
import { UsageError } from '../cli/errors.ts';
import { type Change, diffDirectory } from './dist-diff.ts';
import { type DistEntries, isOurs, isSurelyOurs, listDist } from './ownership.ts';
import { type FoundDirectory, readDirectory } from './read-directory.ts';
import { type StatIndex, statDirectory } from './stat-index.ts';

/** A directory that is to be in dist/. */
export interface WantedDirectory {
  readonly name: string;
  /** A digest of what its files are made from. */
  readonly input: string;
  /** Makes its files, which takes its time. */
  files(): Promise<Tree>;
}

/** A directory of dist/ that is not as it has to be. */
export interface Difference {
  /** Null where only leftovers of an interrupted synth are to be removed. */
  readonly change: Change | null;
  readonly name: string;
  /** As of the wanted directory; empty for one that goes. */
  readonly input: string;
  /** Null where no directory is there. */
  readonly found: FoundDirectory | null;
  readonly wanted: Tree;
}

/** dist/ as it was listed, and what in it is nobody's business of ours. */
export interface Listing {
  readonly entries: DistEntries;
  /** Left alone, and named. */
  readonly foreign: readonly string[];
}

const NOTHING: Tree = new Map();

/** Lists dist/. @throws UsageError where it holds something else, and is none of our making */
export function examineDist(dist: string, wanted: ReadonlySet<string>): Listing {
  const entries = listDist(dist);
  const { directories, links, others } = entries;
  const unknown = [...directories].filter(
    (name) => !wanted.has(name) && !isOurs(join(dist, name), name, false),
  );
  const foreign = [...unknown, ...[...links, ...others].filter((name) => !wanted.has(name))];
  const isDist = [...directories].some((name) => isSurelyOurs(join(dist, name), name));
  if (!isDist) {
    const inTheWay = [...directories].filter((name) => !isOurs(join(dist, name), name, true));
    const [first] = [...foreign, ...inTheWay];
    if (first !== undefined) throw notOurs(join(dist, first));
  }
  return { entries, foreign: foreign.sort() };
}

/** The directories of dist/ that are not as wanted, one after the other. @throws UsageError */
export async function* differences(
  dist: string,
  { entries, foreign }: Listing,
  wanted: Iterable<WantedDirectory>,
  index?: StatIndex,
): AsyncGenerator<Difference> {
  const names = new Set<string>();
  for (const directory of wanted) {
    names.add(directory.name);
    const difference = await differenceOf(dist, entries, directory, index);
    if (difference !== null) yield difference;
  }
  for (const name of entries.directories) {
    if (names.has(name) || foreign.includes(name)) continue;
    const found = readDirectory(join(dist, name));
    const change = diffDirectory(name, found.files, NOTHING);
    if (change !== null || found.leftovers.length > 0) {
      yield { name, input: '', change, found, wanted: NOTHING };
    }
  }
}

async function differenceOf(
  dist: string,
  { directories, links, others }: DistEntries,
  { name, input, files }: WantedDirectory,
  index: StatIndex | undefined,
): Promise<Difference | null> {
  const path = join(dist, name);
  if (others.has(name)) throw notOurs(path);
  // Before the files are read: a write in between shows next time.
  const stat = index !== undefined && directories.has(name) ? statDirectory(path) : null;
  if (stat !== null && index?.isRight(name, input, stat) === true) return null;
  const found = directories.has(name) ? readDirectory(path) : null;
  const wanted = await files();
  const change = diffDirectory(name, found?.files ?? new Map(), wanted, links.has(name));
  if (change === null && (found?.leftovers ?? []).length === 0) {
    if (stat !== null) index?.note(name, input, stat);
    return null;
  }
  if (found !== null && !isOurs(path, name, true)) throw notOurs(path);
  return { name, input, change, found, wanted };
}

function notOurs(path: string): UsageError {
  return new UsageError(
    `${path} is not ours; nothing was written\n  → move it away, or name another directory with --out`,
  );
}
