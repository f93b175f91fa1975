import type { Git } from './git.ts';

export interface Ref {
  readonly name: string;
  /** What it points to by name: the default branch, for a remote's HEAD. */
  readonly target: string;
  readonly upstream: string;
}

export const HEADS = 'refs/heads/';

const REF_FORMAT = '%(refname)%09%(symref)%09%(upstream)';

/** The branches of a repository and of its remotes. @throws CommandError */
export async function readRefs(git: Git): Promise<readonly Ref[]> {
  return parseRefs(await git.run('for-each-ref', `--format=${REF_FORMAT}`, HEADS, 'refs/remotes/'));
}

/** `git for-each-ref` in our format; a name holds no tab. */
export function parseRefs(text: string): readonly Ref[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', target = '', upstream = ''] = line.split('\t');
      return { name, target, upstream };
    });
}

/** A branch by its short name, and the ref that says where it is. */
export interface Branch {
  readonly name: string;
  readonly ref: string;
}

/** The branch that a remote calls its own, or main or master where that is all there is to go by. */
export function defaultBranch(refs: readonly Ref[]): Branch | null {
  const remoteHeads = refs.filter(({ name }) => /^refs\/remotes\/[^/]+\/HEAD$/.test(name));
  const head = remoteHeads.find(({ name }) => name.includes('/origin/')) ?? remoteHeads[0];
  if (head !== undefined && head.target !== '') {
    return { name: head.target.slice(head.name.length - 'HEAD'.length), ref: head.target };
  }
  const name = ['main', 'master'].find((branch) => refs.some((ref) => ref.name === HEADS + branch));
  return name === undefined ? null : { name, ref: HEADS + name };
}
