import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isUnfinished } from './replace-file.ts';

/** What lies in one directory of dist/; paths are relative to it. */
export interface FoundDirectory {
  /** Texts by path; null for what is no file: a link, a pipe. */
  readonly files: ReadonlyMap<string, string | null>;
  /** What an interrupted synth left: unfinished files, and directories without a file. */
  readonly leftovers: readonly string[];
}

/**
 * Reads all files below a directory but hidden ones, which are an editor's or the system's and
 * never ours. No link is followed.
 */
export function readDirectory(directory: string): FoundDirectory {
  const files = new Map<string, string | null>();
  const leftovers: string[] = [];
  const visit = (path: string, prefix: string): boolean => {
    let isEmpty = true;
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const relative = prefix + entry.name;
      if (isUnfinished(entry.name)) {
        leftovers.push(relative);
      } else if (isHidden(entry.name)) {
        isEmpty = false;
      } else if (entry.isDirectory()) {
        if (visit(join(path, entry.name), `${relative}/`)) leftovers.push(relative);
        else isEmpty = false;
      } else {
        isEmpty = false;
        files.set(relative, entry.isFile() ? readFileSync(join(path, entry.name), 'utf8') : null);
      }
    }
    return isEmpty;
  };
  if (visit(directory, '')) leftovers.push('');
  return { files, leftovers };
}

export function isHidden(name: string): boolean {
  return name.startsWith('.');
}
