import { hash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isHidden } from './read-directory.ts';
import { isUnfinished, replaceFile } from './replace-file.ts';

/** What the file system says of files; times are milliseconds since 1970. */
export interface FilesStat {
  /** Of paths, sizes, times and inodes: another after every write, also one that keeps size and date. */
  readonly digest: string;
  /** From when on a write has another time than the last one, as clocks tick. */
  readonly settled: number;
}

export interface DirectoryStat extends FilesStat {
  /** What others write from then on may not be in it. */
  readonly taken: number;
}

/** Input and stat of a directory that was seen to be as synth would write it. */
type Entry = readonly [input: string, digest: string];

/** Ticks of file systems: those that keep whole seconds only, or every other one, and all others. */
const COARSE_TICK_MS = 2000;
const FINE_TICK_MS = 50;

/**
 * Which directories of dist/ are known to be right without being read, as Git's index knows it: made
 * from the same input by the same code, and not written since. It lies in the state directory of this
 * machine; without it, or where anything differs, contents are compared.
 */
export class StatIndex {
  readonly #file: string;
  readonly #owner: string;
  readonly #known: ReadonlyMap<string, Entry>;
  readonly #next = new Map<string, Entry>();

  /** `code` stands for everything that makes files from an input. */
  constructor(state: string, dist: string, code: string) {
    this.#owner = hashOf([realpathOr(dist), code]);
    this.#file = join(state, `synth-index.${hashOf([realpathOr(dist)]).slice(0, 8)}.json`);
    this.#known = readEntries(this.#file, this.#owner);
  }

  /** Whether a directory is as it was when it was right, and is wanted as it was. */
  isRight(name: string, input: string, { digest, settled, taken }: DirectoryStat): boolean {
    const [knownInput, knownDigest] = this.#known.get(name) ?? [];
    const isRight = settled <= taken && input === knownInput && digest === knownDigest;
    if (isRight) this.#next.set(name, [input, digest]);
    return isRight;
  }

  /** Notes that a directory had the right contents when it was like this. */
  note(name: string, input: string, { digest, settled, taken }: DirectoryStat): void {
    if (settled <= taken) this.#next.set(name, [input, digest]);
  }

  /** Keeps what is known now for the next run, where it is not what was known before. */
  save(): void {
    const isSame =
      this.#next.size === this.#known.size &&
      [...this.#next].every(([name, [input, digest]]) => {
        const [knownInput, knownDigest] = this.#known.get(name) ?? [];
        return input === knownInput && digest === knownDigest;
      });
    if (isSame) return;
    const text = JSON.stringify({ owner: this.#owner, entries: [...this.#next] });
    try {
      replaceFile(this.#file, `${text}\n`, 0o600);
    } catch {
      // Where it cannot be kept, the next run reads dist/.
    }
  }
}

/** The stat of all files below a directory that are not hidden; null where a synth left something. */
export function statDirectory(directory: string): DirectoryStat | null {
  const files: string[] = [];
  const visit = (path: string, prefix: string): boolean => {
    const entries = readdirSync(path, { withFileTypes: true });
    for (const entry of entries) {
      const { name } = entry;
      if (isUnfinished(name)) return false;
      if (isHidden(name)) continue;
      if (!entry.isDirectory()) files.push(prefix + name);
      else if (!visit(join(path, name), `${prefix}${name}/`)) return false;
    }
    return entries.length > 0;
  };
  // First, so that a write after this moment has a later time.
  const taken = Date.now();
  const stat = visit(directory, '') ? statFiles(directory, files) : null;
  return stat === null ? null : { ...stat, taken };
}

/** The stat of a directory that holds these files and no others; null where one is gone. */
export function statFiles(directory: string, files: readonly string[]): FilesStat | null {
  let text = '';
  let newest = 0;
  let tick = FINE_TICK_MS;
  for (const file of files.toSorted()) {
    const stat = lstatSync(join(directory, file), { throwIfNoEntry: false });
    if (stat === undefined) return null;
    const { size, mtimeMs, ctimeMs, ino, mode } = stat;
    text += `${file}\0${size} ${mtimeMs} ${ctimeMs} ${ino} ${mode}\n`;
    newest = Math.max(newest, ctimeMs);
    if (ctimeMs % 1000 === 0) tick = COARSE_TICK_MS;
  }
  return { digest: hash('sha256', text, 'base64url'), settled: newest + tick };
}

/** A digest of plain data. */
export function hashOf(data: unknown): string {
  return hash('sha256', JSON.stringify(data), 'base64url');
}

function readEntries(file: string, owner: string): ReadonlyMap<string, Entry> {
  try {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as {
      owner: string;
      entries: readonly (readonly [string, Entry])[];
    };
    return stored.owner === owner ? new Map(stored.entries) : new Map();
  } catch {
    // Not there, or not whole: contents are compared.
    return new Map();
  }
}

function realpathOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
