import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../git/git.ts';
import type { Note } from './notes.ts';
import type { Entry } from '../git/tree-path.ts';

/** Whether the file on disk is another one than the commit's. */
export async function uncommittedNotes(git: Git, entry: Entry): Promise<readonly Note[]> {
  const note = (text: string): readonly Note[] => [{ kind: 'uncommitted', text }];
  if (!existsSync(join(git.root, git.path))) {
    return entry.kind === 'absent' ? [] : note('tenants.json is not on disk; its commits count');
  }
  // As `git add` would store it, line ends and all.
  const hash = (await git.run('hash-object', '--', git.path)).trim();
  if (entry.kind === 'file' && entry.hash === hash) return [];
  return note('tenants.json has changes that are not committed, and not counted');
}
