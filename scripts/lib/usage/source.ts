import { UsageError } from '../cli/errors.ts';
import type { Git } from '../git/git.ts';
import { defaultBranch, HEADS, readRefs } from '../git/refs.ts';
import type { Note } from './notes.ts';

/** What the history is read from. */
export interface Source {
  readonly commit: string;
  /** Null for a commit that was asked for by name, or where no branch is checked out. */
  readonly branch: string | null;
}

/** The commit to read, by name or HEAD; null where there is none yet. @throws UsageError, CommandError */
export async function findSource(git: Git, name?: string): Promise<Source | null> {
  if (name !== undefined) {
    const wanted = `${name}^{commit}`;
    const found = await git.ask('rev-parse', '--verify', '--quiet', '--end-of-options', wanted);
    if (found !== null) return { commit: found.trim(), branch: null };
    throw new UsageError(
      `--commit is ${JSON.stringify(name)}, which names no commit here\n  → see: git log --first-parent`,
    );
  }
  const commit = await git.ask('rev-parse', '--verify', '--quiet', 'HEAD');
  if (commit === null) return null;
  const head = await git.ask('symbolic-ref', '--quiet', 'HEAD');
  const branch = head?.trim().startsWith(HEADS) ? head.trim().slice(HEADS.length) : null;
  return { commit: commit.trim(), branch };
}

/** Which branch and commit were read, and how they stand to other ones. */
export async function sourceNotes(
  git: Git,
  { commit, branch }: Source,
  path: string,
): Promise<readonly Note[]> {
  if (branch === null)
    return [{ kind: 'source', text: `read from commit ${commit}, by no branch` }];
  const refs = await readRefs(git);
  const standard = defaultBranch(refs)?.name ?? null;
  const upstream = refs.find(({ name }) => name === HEADS + branch)?.upstream ?? '';
  return [
    { kind: 'source', text: `read from branch ${branch}, commit ${commit}` },
    ...(standard === null || standard === branch
      ? []
      : [
          {
            kind: 'branch' as const,
            text: `${branch} is not the default branch: what only ${standard} has is not counted`,
          },
        ]),
    ...(refs.some(({ name }) => name === upstream)
      ? await upstreamNotes(git, commit, upstream, path)
      : []),
  ];
}

async function upstreamNotes(
  git: Git,
  commit: string,
  upstream: string,
  path: string,
): Promise<readonly Note[]> {
  const range = `${commit}...${upstream}`;
  const text = await git.run('rev-list', '--count', '--left-right', range, '--', path);
  const [ahead = 0, behind = 0] = text.trim().split('\t').map(Number);
  const name = upstream.replace(/^refs\/(remotes|heads)\//, '');
  return [
    ...(ahead === 0
      ? []
      : [{ kind: 'unpushed' as const, text: `commits counted that are not in ${name}: ${ahead}` }]),
    ...(behind === 0
      ? []
      : [
          {
            kind: 'unpulled' as const,
            text: `commits of ${name} not pulled, and not counted: ${behind}`,
          },
        ]),
  ];
}
