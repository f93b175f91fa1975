import { isUtf8 } from 'node:buffer';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { FileVersions, TreeFile } from '@tenantry/plan';
import { isSharedDirectory } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';
import type { Workspace } from '../cli/workspace.ts';
import { isHidden } from '../dist/read-directory.ts';
import type { Git } from '../git/git.ts';
import { type ObjectReader, openObjectReader } from '../git/object-reader.ts';
import { pathFinder } from '../git/tree-path.ts';

/** What a commit and the working tree have of dist/ and tenants.json. */
export interface Trees {
  /** The files of dist/ that differ; paths are relative to it. */
  readonly files: readonly FileVersions[];
  readonly tenantsFile: Omit<FileVersions, 'path'>;
  /** The tenants' directories in each. */
  readonly ids: { readonly before: readonly string[]; readonly after: readonly string[] };
}

/** Reads of both trees what differs. @throws UsageError, CommandError, ExpectedError */
export async function readTrees(git: Git, commit: string, place: Workspace): Promise<Trees> {
  using reader = openObjectReader(git);
  // Git knows the working tree by its own, resolved path.
  const prefix = dirname(git.path) === '.' ? '' : `${dirname(git.path)}/`;
  const dist = `${prefix}dist`;
  const changed = parseRawDiff(
    await git.run('diff-index', '--raw', '-z', '--ignore-submodules=none', commit, '--', dist),
  );
  const others = await git.run('ls-files', '--others', '--exclude-standard', '-z', '--', dist);
  const known = new Set(changed.map(({ path }) => path));
  const untracked = namesIn(others)
    .filter((path) => !known.has(path))
    .map((path) => ({ path, before: null, mode: null }));
  const files = await Promise.all(
    [...changed, ...untracked].map(async ({ path, before, mode }): Promise<FileVersions> => {
      const at = join(git.root, path);
      return {
        path: path.slice(dist.length + 1),
        before: before === null ? null : await blob(reader, before.hash, before.mode),
        after: existsSync(at) || isLink(at) ? onDisk(at, mode) : null,
      };
    }),
  );
  return {
    files: files.filter(({ before, after }) => !isSame(before, after)),
    tenantsFile: {
      before: await tenantsFileOf(reader, commit, git.path),
      after: existsSync(place.tenantsFile) ? onDisk(place.tenantsFile, '100644') : null,
    },
    ids: {
      before: (await directoriesOf(git, commit, dist)).filter(isTenant),
      after: existsSync(place.dist) ? directoriesOnDisk(place.dist).filter(isTenant) : [],
    },
  };
}

interface RawChange {
  readonly path: string;
  readonly before: { readonly mode: string; readonly hash: string } | null;
  /** Of the working tree's file; null where Git does not say. */
  readonly mode: string | null;
}

const ABSENT = '000000';

/** `git diff-index --raw -z`: `:<mode> <mode> <hash> <hash> <status>\0<path>\0`, one after the other. */
export function parseRawDiff(text: string): readonly RawChange[] {
  const parts = namesIn(text);
  const byPath = new Map<string, RawChange>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [before = '', mode = '', hash = ''] = (parts[at] ?? '').slice(1).split(' ');
    const path = parts[at + 1] ?? '';
    // An unmerged file is listed twice.
    if (byPath.has(path)) continue;
    byPath.set(path, {
      path,
      before: before === ABSENT ? null : { mode: before, hash },
      mode: mode === ABSENT ? null : mode,
    });
  }
  return [...byPath.values()];
}

function namesIn(text: string): readonly string[] {
  return text.split('\0').filter((name) => name !== '');
}

async function blob(reader: ObjectReader, hash: string, mode: string): Promise<TreeFile> {
  // A submodule is a commit of another repository.
  if (mode === '160000') return { mode, text: hash, isText: true };
  return { mode, ...decoded((await reader.read(hash)).content) };
}

function onDisk(path: string, mode: string | null): TreeFile {
  if (isLink(path) && mode !== '100644') {
    return { mode: '120000', text: readlinkSync(path), isText: true };
  }
  const stat = lstatSync(path);
  if (stat.isDirectory()) return { mode: '160000', text: 'a repository of its own', isText: true };
  const own = (stat.mode & 0o100) === 0 ? '100644' : '100755';
  return { mode: mode ?? own, ...decoded(readFileSync(path)) };
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Bytes as text; what is no UTF-8 stands there byte by byte. */
function decoded(bytes: Buffer): Pick<TreeFile, 'text' | 'isText'> {
  if (isUtf8(bytes)) return { text: bytes.toString(), isText: true };
  const text = bytes
    .toString('latin1')
    .replaceAll(/[\u0080-\u00FF]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  return { text, isText: false };
}

function isSame(one: TreeFile | null, other: TreeFile | null): boolean {
  return one?.mode === other?.mode && one?.text === other?.text && one?.isText === other?.isText;
}

async function tenantsFileOf(
  reader: ObjectReader,
  commit: string,
  path: string,
): Promise<TreeFile | null> {
  const entry = await pathFinder(reader)(commit, path);
  if (entry.kind === 'absent') return null;
  if (entry.kind === 'file') return blob(reader, entry.hash, '100644');
  throw new UsageError(`${path} of ${commit} cannot be read: ${entry.why}\n  → name another BASE`);
}

async function directoriesOf(git: Git, commit: string, dist: string): Promise<readonly string[]> {
  const text = await git.run('ls-tree', '-d', '--name-only', '-z', commit, '--', `${dist}/`);
  return namesIn(text).map((path) => relative(dist, path));
}

function directoriesOnDisk(dist: string): readonly string[] {
  return readdirSync(dist, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => readdirSync(join(dist, name)).some((entry) => !isHidden(entry)))
    .sort();
}

function isTenant(name: string): boolean {
  return !isSharedDirectory(name) && !isHidden(name);
}
