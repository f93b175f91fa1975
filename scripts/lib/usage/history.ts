import { basename, dirname } from 'node:path';
import pLimit from 'p-limit';
import { messageOf, UsageError } from '../cli/errors.ts';
import { parseTenants, type Version } from '@tenantry/tenants';
import { run, type Shell } from '../cli/shell.ts';

/** The versions of tenants.json that Git has, oldest first, and what Git cannot know. */
export interface History {
  readonly versions: readonly Version[];
  readonly notes: readonly string[];
}

interface Commit {
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const READERS = 8;

/**
 * Reads the history of tenants.json along the first parents, so that a change counts from when it
 * was merged. @throws UsageError where it has none
 */
export async function readHistory($: Shell, tenantsFile: string): Promise<History> {
  const git = (...args: readonly string[]) => run($, 'git', ['-C', dirname(tenantsFile), ...args]);
  const file = basename(tenantsFile);
  const log = await git('log', '--first-parent', '--format=%H %ct', '--', file).catch(
    (error: unknown) => {
      throw new UsageError(
        `${tenantsFile} is in no Git repository: ${messageOf(error)}\n  → usage is read from its commits`,
        { cause: error },
      );
    },
  );
  const commits = parseLog(log);
  if (commits.length === 0) {
    throw new UsageError(
      `${tenantsFile} is in no commit yet\n  → commit it; usage counts from there`,
    );
  }
  const limit = pLimit(READERS);
  const read = await Promise.all(
    commits.map((commit) =>
      limit(async () =>
        readVersion(commit, await git('show', `${commit.hash}:./${file}`).catch(() => null)),
      ),
    ),
  );
  return {
    versions: read.map(({ version }) => version),
    notes: [
      ...read.flatMap(({ note }) => (note === null ? [] : [note])),
      ...(await localNotes(git, file)),
    ],
  };
}

/** `git log --format='%H %ct'`, newest first, as commits in order. A clock that went back stands still. */
export function parseLog(text: string): readonly Commit[] {
  let latest = 0;
  return text
    .split('\n')
    .filter((line) => line !== '')
    .toReversed()
    .map((line) => {
      const [hash = '', seconds = ''] = line.split(' ');
      latest = Math.max(latest, Number(seconds) * 1000);
      return { hash, at: latest };
    });
}

function readVersion(
  { hash, at }: Commit,
  text: string | null,
): { readonly version: Version; readonly note: string | null } {
  const when = `${hash.slice(0, 8)} of ${new Date(at).toISOString()}`;
  // Removed on purpose: nobody is in it from then on.
  if (text === null) return { version: { at, tenants: [] }, note: `${when} removed tenants.json` };
  try {
    return { version: { at, tenants: parseTenants(text).tenants }, note: null };
  } catch {
    const note = `tenants.json cannot be read in ${when}; the hours until the next version are unknown`;
    return { version: { at, tenants: null }, note };
  }
}

async function localNotes(
  git: (...args: readonly string[]) => Promise<string>,
  file: string,
): Promise<readonly string[]> {
  const ask = async (...args: readonly string[]) => (await git(...args).catch(() => '')).trim();
  const [shallow, changed, ahead, behind] = await Promise.all([
    ask('rev-parse', '--is-shallow-repository'),
    ask('status', '--porcelain', '--', file),
    ask('rev-list', '--count', '@{upstream}..HEAD', '--', file),
    ask('rev-list', '--count', 'HEAD..@{upstream}', '--', file),
  ]);
  return [
    ...(shallow === 'true' ? ['the clone is shallow: what came before it is not known'] : []),
    ...(changed === '' ? [] : ['tenants.json has changes that are not committed, and not counted']),
    ...(isCount(ahead) ? [`${ahead} commits are counted that are not pushed`] : []),
    ...(isCount(behind)
      ? [`${behind} commits of the upstream branch are not pulled, and not counted`]
      : []),
  ];
}

function isCount(text: string): boolean {
  return text !== '' && text !== '0';
}
