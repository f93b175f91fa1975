import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isSharedDirectory, isId } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';
import { isHidden } from './read-directory.ts';
import { isUnfinished } from './replace-file.ts';

/** The paths that synth writes in a directory, whatever their names. */
const OUR_PATHS = /^(?:tenant\.json|vcluster\.yaml|(?:host|virtual)\/[^/]+\.yaml)$/;

/** What lies in dist/ itself. */
export interface DistEntries {
  readonly directories: ReadonlySet<string>;
  readonly links: ReadonlySet<string>;
  /** Neither directory nor link. */
  readonly others: ReadonlySet<string>;
  /** What an interrupted synth left. */
  readonly unfinished: readonly string[];
}

/** Lists dist/ without hidden entries, empty where it is not there. @throws UsageError */
export function listDist(dist: string): DistEntries {
  const there = statSync(dist, { throwIfNoEntry: false });
  if (there !== undefined && !there.isDirectory()) {
    throw new UsageError(`${dist} is not a directory\n  → name another one with --out`);
  }
  const entries = there === undefined ? [] : readdirSync(dist, { withFileTypes: true });
  const shown = entries.filter(({ name }) => !isHidden(name));
  const names = (those: typeof entries) => those.map(({ name }) => name);
  return {
    directories: new Set(names(shown.filter((entry) => entry.isDirectory()))),
    links: new Set(names(shown.filter((entry) => entry.isSymbolicLink()))),
    others: new Set(
      names(shown.filter((entry) => !entry.isDirectory() && !entry.isSymbolicLink())),
    ),
    unfinished: names(entries).filter(isUnfinished),
  };
}

/** Whether a directory is one that only synth makes, so that dist/ around it is ours. */
export function isSurelyOurs(directory: string, name: string): boolean {
  return isSharedDirectory(name) || namesTenant(readText(join(directory, 'tenant.json')), name);
}

/**
 * Whether synth made a directory: its tenant.json names it, conflict marks or not; or tenant.json is
 * damaged or gone, as after half a merge, and all files are called as ours are.
 */
export function isOurs(directory: string, name: string, isWanted: boolean): boolean {
  if (isSharedDirectory(name)) return true;
  // `alice copy` can be no tenant's, whatever is in it.
  if (!isId(name)) return false;
  const text = readText(join(directory, 'tenant.json'));
  if (namesTenant(text, name)) return true;
  // A whole tenant.json that names another tenant: a copy of that one's directory.
  if (!isWanted && text !== null && isWhole(text)) return false;
  return filesBelow(directory).every((path) => OUR_PATHS.test(path));
}

function namesTenant(text: string | null, name: string): boolean {
  const id = JSON.stringify(name);
  return (
    text !== null &&
    text.includes('"hostContext":') &&
    (text.includes(`"id": ${id}`) || text.includes(`"id":${id}`))
  );
}

function isWhole(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ELOOP') return null;
    throw error;
  }
}

/** Paths of what is not hidden, but for directories. */
function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => !isHidden(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesBelow(join(directory, entry.name)).map((path) => `${entry.name}/${path}`)
        : [entry.name],
    );
}
