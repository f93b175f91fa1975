import type { Git } from '../git/git.ts';

export interface Commit {
  readonly hash: string;
  readonly parents: readonly string[];
  /** The committer's date, in milliseconds since 1970. */
  readonly date: number;
}

/** A commit of the branch, with what came in with it by a merge. */
export interface Step extends Commit {
  readonly merged: readonly Commit[];
}

/**
 * The way that a branch has gone, oldest first: from its tip along first parents, because a change
 * counts from when it was merged. Every other commit belongs to the step that brought it in.
 */
export async function readSteps(git: Git, tip: string): Promise<readonly Step[]> {
  return stepsOf(parseCommits(await git.run('rev-list', '--parents', '--timestamp', tip)), tip);
}

/** `git rev-list --parents --timestamp`: `<seconds> <hash> <parent>…`. */
export function parseCommits(text: string): ReadonlyMap<string, Commit> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [seconds = '', hash = '', ...parents] = line.split(' ');
      return [hash, { hash, parents, date: Number(seconds) * 1000 }];
    }),
  );
}

export function stepsOf(commits: ReadonlyMap<string, Commit>, tip: string): readonly Step[] {
  const trunk: Commit[] = [];
  for (let next = commits.get(tip); next; next = commits.get(next.parents[0] ?? '')) {
    trunk.push(next);
  }
  const seen = new Set<string>();
  return trunk.toReversed().map((commit) => {
    seen.add(commit.hash);
    const merged: Commit[] = [];
    const todo = commit.parents.slice(1);
    for (let hash = todo.pop(); hash !== undefined; hash = todo.pop()) {
      const found = commits.get(hash);
      if (found === undefined || seen.has(hash)) continue;
      seen.add(hash);
      merged.push(found);
      todo.push(...found.parents);
    }
    return { ...commit, merged };
  });
}
