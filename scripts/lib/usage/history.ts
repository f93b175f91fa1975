import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Version } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';
import type { Shell } from '../cli/shell.ts';
import { type Change, contentNotes, contentReader, dateNotes, readChanges } from './changes.ts';
import { readSteps, type Step } from './commits.ts';
import { orderDates } from './date-order.ts';
import { ABSENT, followFile } from './follow.ts';
import { type Git, openRepository } from '../git/git.ts';
import { mergeNotes } from './merges.ts';
import { nameNotes } from './name-notes.ts';
import { moment, type Note, short } from './notes.ts';
import { type ObjectReader, openObjectReader } from '../git/object-reader.ts';
import { movedTo } from './renames.ts';
import { findSource, type Source, sourceNotes } from './source.ts';
import { uncommittedNotes } from './uncommitted.ts';

/** The versions of tenants.json that Git has, oldest first, and what Git cannot know. */
export interface History {
  readonly source: Source;
  readonly versions: readonly Version[];
  /** When the first version that counts begins; null where there is none but the example. */
  readonly start: number | null;
  readonly notes: readonly Note[];
}

export interface HistoryOptions {
  /** The commit to read instead of HEAD. */
  readonly commit?: string;
  /** @default the time that it is */
  readonly now?: number;
}

/**
 * Reads the history of tenants.json from Git's objects.
 * @throws UsageError where it has none; an Error with Git's own words where it cannot be read
 */
export async function readHistory(
  $: Shell,
  tenantsFile: string,
  { commit, now = Date.now() }: HistoryOptions = {},
): Promise<History> {
  const git = await openRepository($, tenantsFile);
  const source = await findSource(git, commit);
  if (source === null) throw notCommitted(tenantsFile);
  const steps = await readSteps(git, source.commit);
  const times = orderDates(
    steps.map(({ date }) => date),
    now,
  );
  using reader = openObjectReader(git);
  const followed = await followFile(git, reader, steps, times);
  const last = followed.found.at(-1)?.entry ?? ABSENT;
  if (last.kind === 'unreadable') throw unreadable(tenantsFile, last.why);
  const content = contentReader(reader);
  const changes = await readChanges(content, steps, followed.found, times);
  if (changes.length === 0) throw notCommitted(tenantsFile);
  const firstCounted = changes.findIndex(({ isExample }) => !isExample);
  const start = changes[firstCounted]?.from ?? null;
  const versions = changes.map(({ from, tenants }, index) => ({
    at: from,
    tenants: firstCounted === -1 || index < firstCounted ? [] : tenants,
  }));
  return {
    source,
    versions,
    start,
    notes: [
      ...(await sourceNotes(git, source, git.path)),
      ...(await startNotes(git, changes, start, times[0] ?? 0)),
      ...followed.notes,
      ...changes.flatMap((change) => [...contentNotes(change), ...dateNotes(change, now)]),
      ...(await removalNotes(git, reader, changes, steps)),
      ...(await mergeNotes(steps, times, followed, content)),
      ...nameNotes(versions),
      ...(commit === undefined ? await uncommittedNotes(git, last) : []),
    ],
  };
}

/** What there was before the first version that counts. */
async function startNotes(
  git: Git,
  changes: readonly Change[],
  start: number | null,
  oldest: number,
): Promise<readonly Note[]> {
  const notes: Note[] = [];
  const first = changes[0]?.from ?? 0;
  if ((await git.run('rev-parse', '--is-shallow-repository')).trim() === 'true') {
    const text = `the clone is shallow: what came before ${moment(oldest)} is not known (git fetch --unshallow brings it)`;
    notes.push({ kind: 'shallow', text, concerns: { from: -Infinity, to: first + 1 } });
  } else {
    const text = `before ${moment(first)} there was no tenants.json: nothing is counted`;
    notes.push({ kind: 'start', text, concerns: { from: -Infinity, to: first } });
  }
  if (start === null) {
    const text =
      'tenants.json is the example that this repository comes with: usage counts from the first commit that changes it';
    notes.push({ kind: 'example', text });
  } else if (changes[0]?.isExample === true) {
    const text = `before ${moment(start)} tenants.json was the example that this repository comes with: nothing is counted`;
    notes.push({ kind: 'example', text, concerns: { from: -Infinity, to: start } });
  }
  return notes;
}

/** Where the file went. */
async function removalNotes(
  git: Git,
  reader: ObjectReader,
  changes: readonly Change[],
  steps: readonly Step[],
): Promise<readonly Note[]> {
  const before = new Map(steps.map((step, index) => [step.hash, steps[index - 1]]));
  const notes: Note[] = [];
  for (const { step, entry, before: had, path, from, to } of changes) {
    const parent = before.get(step.hash);
    if (entry.kind !== 'absent' || parent === undefined) continue;
    const at = had.kind === 'file' ? had.path : path;
    const moved = await movedTo(git, reader, parent.hash, step.hash, at);
    const where = moved === null ? '' : `, to ${moved}: set TENANTRY_DIR to read it there`;
    const what = moved === null ? 'removed' : 'moved';
    const text = `${short(step.hash)} of ${moment(from)} ${what} tenants.json${where}`;
    notes.push({ kind: 'removed', text, concerns: { from, to } });
  }
  return notes;
}

function notCommitted(tenantsFile: string): UsageError {
  const isLink = lstatSync(tenantsFile, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return new UsageError(
    isLink
      ? `${tenantsFile} is a link, and in no commit\n  → set TENANTRY_DIR=${dirname(realpathSync(tenantsFile))}`
      : `${tenantsFile} is in no commit yet\n  → commit it; usage counts from there`,
  );
}

function unreadable(tenantsFile: string, why: string): UsageError {
  return new UsageError(
    `${tenantsFile}: ${why}, so that Git has no history of it\n  → set TENANTRY_DIR to where the file itself is`,
  );
}
