import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FilesStat, statFiles } from './stat-index.ts';

/** A directory and its files' texts by paths relative to it. */
export interface NewDirectory {
  readonly path: string;
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Makes a directory that is not there, with its files. Returns their stat; null where one has gone
 * already.
 */
export function writeDirectory({ path, files }: NewDirectory): FilesStat | null {
  const parents = new Set([...files.keys()].flatMap(parentsOf));
  mkdirSync(path);
  for (const parent of [...parents].sort()) mkdirSync(join(path, parent));
  for (const [file, text] of files) writeFileSync(join(path, file), text);
  return statFiles(path, [...files.keys()]);
}

/** The directories that a file is in, by relative path. */
export function parentsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
