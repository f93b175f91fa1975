import {
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DirectoryWriter } from './directory-writer.ts';
import type { Change } from './dist-diff.ts';
import type { FoundDirectory } from './read-directory.ts';
import { isUnfinished, unfinishedPath } from './replace-file.ts';
import type { FilesStat } from './stat-index.ts';
import { parentsOf } from './write-directory.ts';

/**
 * Writes to dist/ in two steps. What is new is written beside its place first, which is where a full
 * disk or a missing permission shows; then all of it is renamed into place.
 */
export class Stage {
  readonly #dist: string;
  readonly #writer = new DirectoryWriter();
  readonly #unfinished: string[] = [];
  /** Where directories that are written whole are written first. */
  readonly #whole = new Map<string, string>();
  readonly #commits: (() => void)[] = [];

  constructor(dist: string) {
    this.#dist = dist;
  }

  /** Takes up what has to change in a directory that is to hold the wanted files. */
  async add(
    change: Change,
    found: FoundDirectory | null,
    wanted: ReadonlyMap<string, string>,
  ): Promise<void> {
    const { directory, kind, isLink, added, changed } = change;
    if (kind === 'new' || isLink || found === null || isIrregular(found, wanted)) {
      await this.#replaceWhole(directory, wanted, found !== null || isLink);
      return;
    }
    const top = join(this.#dist, directory);
    this.clear(directory, found.leftovers);
    const paths = [...changed, ...added].sort(tenantJsonFirst).map((path) => join(top, path));
    for (const parent of new Set(paths.map((path) => dirname(path)))) {
      mkdirSync(parent, { recursive: true });
    }
    for (const path of paths) {
      const unfinished = unfinishedPath(path);
      this.#unfinished.push(unfinished);
      write(unfinished, wanted.get(path.slice(top.length + 1)) ?? '');
      this.#commits.push(() => renameSync(unfinished, path));
    }
    for (const path of change.removed.toSorted(tenantJsonFirst).toReversed()) {
      this.#commits.push(() => {
        rmSync(join(top, path), { force: true });
        removeEmpty(dirname(join(top, path)), this.#dist);
      });
    }
  }

  /** Removes what an interrupted synth left. */
  clear(directory: string, leftovers: readonly string[]): void {
    for (const path of leftovers) removeLeftover(join(this.#dist, directory, path));
  }

  /**
   * Waits until all that is new is written beside its place. Returns the stats of directories that
   * are written whole, by their names.
   */
  async written(): Promise<ReadonlyMap<string, FilesStat>> {
    const stats = await this.#writer.finish();
    return new Map(
      [...this.#whole].flatMap(([name, path]) => {
        const stat = stats.get(path) ?? null;
        return stat === null ? [] : [[name, stat]];
      }),
    );
  }

  /** Renames everything into place. */
  commit(): void {
    for (const commit of this.#commits) commit();
  }

  /** Removes what was written beside its place. */
  async discard(): Promise<void> {
    await this.#writer.stop();
    for (const path of this.#unfinished) {
      try {
        rmSync(path, { recursive: true, force: true });
      } catch {
        // What stopped the writing is what is to be said; the next synth removes what is left.
      }
    }
  }

  async #replaceWhole(
    directory: string,
    wanted: ReadonlyMap<string, string>,
    isThere: boolean,
  ): Promise<void> {
    const path = join(this.#dist, directory);
    const unfinished = unfinishedPath(path);
    this.#unfinished.push(unfinished);
    this.#whole.set(directory, unfinished);
    await this.#writer.write({ path: unfinished, files: wanted });
    this.#commits.push(() => {
      if (isThere) rmSync(path, { recursive: true, force: true });
      renameSync(unfinished, path);
    });
  }
}

/** Whether there is a link or the like, or a file where a directory has to be, or the other way round. */
function isIrregular({ files }: FoundDirectory, wanted: ReadonlyMap<string, string>): boolean {
  if ([...files.values()].includes(null)) return true;
  const clashes = (these: Iterable<string>, those: ReadonlyMap<string, unknown>) =>
    [...these].some((path) => parentsOf(path).some((parent) => those.has(parent)));
  return clashes(files.keys(), wanted) || clashes(wanted.keys(), files);
}

function write(path: string, text: string): void {
  // One that was left would keep its own mode, and a link would lead elsewhere.
  rmSync(path, { recursive: true, force: true });
  writeFileSync(path, text, { flag: 'wx' });
}

function tenantJsonFirst(a: string, b: string): number {
  return Number(b === 'tenant.json') - Number(a === 'tenant.json') || (a < b ? -1 : 1);
}

function removeEmpty(directory: string, top: string): void {
  if (directory === top || readdirSync(directory).length > 0) return;
  rmdirSync(directory);
  removeEmpty(dirname(directory), top);
}

function removeLeftover(path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  // A directory is there because it is empty; unfinished ones are ours whole.
  if (isUnfinished(basename(path)) || !there.isDirectory()) rmSync(path, { recursive: true });
  else if (readdirSync(path).length === 0) rmdirSync(path);
}
