import { UsageError } from '../cli/errors.ts';
import type { Git } from '../git/git.ts';
import { defaultBranch, readRefs } from '../git/refs.ts';

/** What a tree is compared with. */
export interface Base {
  readonly commit: string;
  /** For people: `1a2b3c4d5e6f, where main was left`. */
  readonly words: string;
}

/** The commit of that name, or where the default branch was left. @throws UsageError, CommandError */
export async function findBase(git: Git, name?: string): Promise<Base> {
  if (name !== undefined) {
    const commit = await commitOf(git, name);
    if (commit !== null) return { commit, words: `${name} (${short(commit)})` };
    throw new UsageError(
      `${JSON.stringify(name)} names no commit here\n  → see: git log --oneline; in a new clone: git fetch origin`,
    );
  }
  const branch = defaultBranch(await readRefs(git));
  if (branch === null) {
    throw new UsageError(
      'which branch is the default one, Git does not say here\n  → name what to compare with: pnpm review BASE',
    );
  }
  const commit = await git.ask('merge-base', 'HEAD', branch.ref);
  if (commit === null) {
    throw new UsageError(
      `this tree and ${branch.name} have no commit in common that is here\n  → git fetch --unshallow, or name what to compare with: pnpm review BASE`,
    );
  }
  return { commit: commit.trim(), words: `${short(commit)}, where ${branch.name} was left` };
}

async function commitOf(git: Git, name: string): Promise<string | null> {
  const wanted = `${name}^{commit}`;
  const found = await git.ask('rev-parse', '--verify', '--quiet', '--end-of-options', wanted);
  return found?.trim() ?? null;
}

function short(commit: string): string {
  return commit.slice(0, 12);
}
