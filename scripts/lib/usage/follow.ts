import type { Commit, Step } from './commits.ts';
import type { Git } from '../git/git.ts';
import { type Note, short } from './notes.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import { movedFrom } from './renames.ts';
import { type Entry, pathFinder } from '../git/tree-path.ts';

/** What one step has of the file, and where. */
export interface Found {
  readonly entry: Entry;
  readonly path: string;
}

export interface Followed {
  /** One for each step. */
  readonly found: readonly Found[];
  readonly notes: readonly Note[];
  readonly at: (commit: string, path: string) => Promise<Entry>;
}

/** Finds a file in each step, from the newest back, through renames and links. */
export async function followFile(
  git: Git,
  reader: ObjectReader,
  steps: readonly Step[],
  times: readonly number[],
): Promise<Followed> {
  const at = pathFinder(reader);
  const found: Found[] = [];
  const notes: Note[] = [];
  let path: string | null = git.path;
  for (let end = steps.length; path !== null;) {
    const here: string = path;
    const entries = await Promise.all(steps.slice(0, end).map(({ hash }) => at(hash, here)));
    path = null;
    while (end > 0 && path === null) {
      end -= 1;
      const entry = entries[end] ?? ABSENT;
      found[end] = { entry, path: here };
      const [step, before] = [steps[end], steps[end - 1]];
      if (step === undefined || before === undefined) continue;
      if (entry.kind === 'absent' || entries[end - 1]?.kind !== 'absent') continue;
      path = await earlierPath(git, reader, at, before, step, { entry, path: here });
      if (path === null) continue;
      notes.push({
        kind: 'moved',
        text: `before ${short(step.hash)} the file was ${path}, and is read there`,
        concerns: { from: -Infinity, to: times[end] ?? 0 },
      });
    }
  }
  return { found, notes, at };
}

export const ABSENT: Entry = { kind: 'absent' };

/** Where the file was before the step that put it here; null where it is new. */
async function earlierPath(
  git: Git,
  reader: ObjectReader,
  at: (commit: string, path: string) => Promise<Entry>,
  before: Commit,
  step: Commit,
  { entry, path }: Found,
): Promise<string | null> {
  // A link to a file that was there already.
  if (entry.kind === 'file' && entry.path !== path) {
    const target = await at(before.hash, entry.path);
    if (target.kind === 'file') return entry.path;
  }
  return movedFrom(git, reader, before.hash, step.hash, path);
}
