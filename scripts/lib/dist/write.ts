import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Tree } from '@tenantry/manifests';
import type { DistChange } from '@tenantry/plan';
import { UsageError } from '../cli/errors.ts';

/** Directory of the host-wide objects; `_` is illegal in a tenant's id. */
export const HOST_WIDE = '_host';

/** How a file is called while it is being written; the next synth removes one that was left. */
const UNFINISHED = /^\..+\.tmp$/;

/**
 * Reads a dist/ directory, empty where there is none.
 * @throws UsageError where it holds something that is not ours, which a synth must not touch
 */
export function readDist(dist: string): Tree {
  const files = new Map<string, string>();
  for (const entry of list(dist)) {
    const path = join(dist, entry.name);
    if (!entry.isDirectory() || !isOurs(path)) {
      throw new UsageError(
        `${path} is not ours; nothing was written\n  → move it away, or name another directory with --out`,
      );
    }
    readInto(files, path, entry.name);
  }
  return files;
}

function readInto(files: Map<string, string>, directory: string, prefix: string): void {
  for (const entry of list(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) readInto(files, path, `${prefix}/${entry.name}`);
    else files.set(`${prefix}/${entry.name}`, readFileSync(path, 'utf8'));
  }
}

/** A tenant's directory is known by its tenant.json, which is written first and removed last. */
function isOurs(directory: string): boolean {
  const name = basename(directory);
  if (name === HOST_WIDE) return true;
  try {
    const delivery: unknown = JSON.parse(readFileSync(join(directory, 'tenant.json'), 'utf8'));
    return (
      typeof delivery === 'object' &&
      delivery !== null &&
      'id' in delivery &&
      delivery.id === name &&
      'inputHash' in delivery
    );
  } catch {
    // All that an interrupted synth can have left: unfinished files and empty directories.
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    return entries.every((entry) => entry.isDirectory() || UNFINISHED.test(entry.name));
  }
}

function list(directory: string) {
  const there = statSync(directory, { throwIfNoEntry: false });
  if (there !== undefined && !there.isDirectory()) {
    throw new UsageError(`${directory} is not a directory\n  → name another one with --out`);
  }
  return there === undefined ? [] : readdirSync(directory, { withFileTypes: true });
}

/** Brings dist/ to `wanted`, file by file into place, so that an interruption leaves whole files. */
export function writeDist(dist: string, wanted: Tree, changes: readonly DistChange[]): void {
  for (const { directory, added, changed, removed } of changes) {
    // First, because a directory can lie where a file has to be, and the other way round.
    for (const path of removed.toSorted(tenantJsonFirst).toReversed()) {
      rmSync(join(dist, directory, path), { force: true });
      removeEmpty(dirname(join(dist, directory, path)), dist);
    }
    const paths = [...added, ...changed].map((path) => join(dist, directory, path));
    for (const parent of new Set(paths.map((path) => dirname(path)))) {
      mkdirSync(parent, { recursive: true });
    }
    for (const path of [...added, ...changed].sort(tenantJsonFirst)) {
      replaceIn(join(dist, directory, path), wanted.get(`${directory}/${path}`) ?? '');
    }
  }
  for (const entry of list(dist)) removeEmptyBelow(join(dist, entry.name));
}

function tenantJsonFirst(a: string, b: string): number {
  return Number(b === 'tenant.json') - Number(a === 'tenant.json') || (a < b ? -1 : 1);
}

/** Writes a sibling, then renames it: a reader sees the old text or the new one. */
export function replaceFile(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  replaceIn(path, text, mode);
}

/** As `replaceFile`, where the directory is known to be there. */
function replaceIn(path: string, text: string, mode = 0o644): void {
  const unfinished = join(dirname(path), `.${basename(path)}.tmp`);
  // One that was left would keep its own mode, and a link would lead elsewhere.
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, text, { mode, flag: 'wx' });
  renameSync(unfinished, path);
}

function removeEmpty(directory: string, top: string): void {
  if (directory === top || readdirSync(directory).length > 0) return;
  rmdirSync(directory);
  removeEmpty(dirname(directory), top);
}

/** What an interrupted removal left, and Git does not show. */
function removeEmptyBelow(directory: string): void {
  for (const entry of list(directory)) {
    if (entry.isDirectory()) removeEmptyBelow(join(directory, entry.name));
  }
  if (readdirSync(directory).length === 0) rmdirSync(directory);
}
