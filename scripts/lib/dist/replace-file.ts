import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** How a file or directory is called while it is being written; the next synth removes one that was left. */
const UNFINISHED = /^\..+\.tmp$/;

export function isUnfinished(name: string): boolean {
  return UNFINISHED.test(name);
}

/** Where what is to stand at a path is written first: beside it. */
export function unfinishedPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.tmp`);
}

/** Writes a sibling, then renames it: a reader sees the old text or the new one. */
export function replaceFile(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = unfinishedPath(path);
  // One that was left would keep its own mode, and a link would lead elsewhere.
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, text, { mode, flag: 'wx' });
  renameSync(unfinished, path);
}
