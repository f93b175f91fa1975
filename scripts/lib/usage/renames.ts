import { InvalidTenants, parseFormerTenants } from '@tenantry/tenants';
import { posix } from 'node:path';
import type { Git } from '../git/git.ts';
import type { ObjectReader } from '../git/object-reader.ts';

/** What became of a file between two commits. */
export interface FileChange {
  /** Git's letter: A is added, D deleted, R renamed. */
  readonly status: string;
  /** Null for a new one. */
  readonly from: string | null;
  readonly fromHash: string;
  /** Null for one that is gone. */
  readonly to: string | null;
  readonly toHash: string;
}

/**
 * Where tenants.json lay before `commit` put it at `path`; null where it was new. Git's renames
 * count, and a file of that name that went as this one came: Git compares by lines, and a short
 * file may have but one.
 */
export async function movedFrom(
  git: Git,
  reader: ObjectReader,
  parent: string,
  commit: string,
  path: string,
): Promise<string | null> {
  const changes = await filesMoved(git, parent, commit);
  const renamed = changes.find(({ status, to }) => status.startsWith('R') && to === path);
  if (renamed?.status === 'R100') return renamed.from;
  const gone = changes.find(({ status, from }) => status === 'D' && isNamed(from, path));
  const candidate = renamed ?? gone;
  const isTenants = candidate !== undefined && (await reads(reader, candidate.fromHash));
  return isTenants ? candidate.from : null;
}

/** Where `commit` put the tenants.json that lay at `path`; null where it removed it. */
export async function movedTo(
  git: Git,
  reader: ObjectReader,
  parent: string,
  commit: string,
  path: string,
): Promise<string | null> {
  const changes = await filesMoved(git, parent, commit);
  const renamed = changes.find(({ status, from }) => status.startsWith('R') && from === path);
  if (renamed !== undefined) return renamed.to;
  const added = changes.find(({ status, to }) => status === 'A' && isNamed(to, path));
  const isTenants = added !== undefined && (await reads(reader, added.toHash));
  return isTenants ? added.to : null;
}

/** More pairs than these are not compared by content; what was only moved is found all the same. */
const MOST_COMPARED = 1000;

async function filesMoved(
  git: Git,
  parent: string,
  commit: string,
): Promise<readonly FileChange[]> {
  const flags = ['-r', '-z', '--raw', '--no-relative', '-M50%', `-l${MOST_COMPARED}`];
  return parseChanges(await git.run('diff-tree', ...flags, '--diff-filter=ADR', parent, commit));
}

/** `git diff-tree -z --raw`: `:<mode> <mode> <hash> <hash> <status>\0<path>\0`, of a rename both paths. */
export function parseChanges(text: string): readonly FileChange[] {
  const parts = text.split('\0');
  const found: FileChange[] = [];
  for (let at = 0; at + 1 < parts.length;) {
    const [, , fromHash = '', toHash = '', status = ''] = (parts[at] ?? '').split(' ');
    const path = parts[at + 1] ?? '';
    if (status.startsWith('R')) {
      found.push({ status, from: path, fromHash, to: parts[at + 2] ?? '', toHash });
      at += 3;
    } else {
      const isGone = status === 'D';
      found.push({
        status,
        from: isGone ? path : null,
        fromHash,
        to: isGone ? null : path,
        toHash,
      });
      at += 2;
    }
  }
  return found;
}

function isNamed(found: string | null, path: string): boolean {
  return found !== null && posix.basename(found) === posix.basename(path);
}

async function reads(reader: ObjectReader, hash: string): Promise<boolean> {
  try {
    parseFormerTenants((await reader.read(hash)).content.toString());
    return true;
  } catch (error) {
    if (error instanceof InvalidTenants) return false;
    throw error;
  }
}
