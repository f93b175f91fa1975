import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tempWorkspace, type TempWorkspace } from './temp-workspace.ts';

/** A workspace in a Git repository of its own. */
export interface GitHistory extends TempWorkspace {
  /** Runs git there, as nobody has configured it; returns what it prints. */
  git(...args: readonly string[]): string;
  /** Commits all that is there, at a date. Returns the commit. */
  commit(date: string): string;
}

/** Of this process without what a user's Git listens to. */
const PLAIN: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
};

export function gitHistory(): GitHistory {
  const place = tempWorkspace();
  const git = (args: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') =>
    execFileSync('git', ['-C', place.dir, ...args], {
      env: { ...PLAIN, ...env },
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  git(['init', '--quiet', '--initial-branch', 'main']);
  return {
    ...place,
    git: (...args) => git(args),
    commit(date) {
      git(['add', '--all']);
      const dates = { GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: '2001-01-01T00:00Z' };
      git(['commit', '--quiet', '--allow-empty', '--message', date], dates);
      return git(['rev-parse', 'HEAD']).trim();
    },
  };
}

/** Removes what makes a directory a repository. */
export function removeRepository({ dir }: Pick<TempWorkspace, 'dir'>): void {
  rmSync(join(dir, '.git'), { recursive: true });
}

/**
 * Feeds `git fast-import`, which makes a whole history in one go; returns the commits by their
 * marks.
 */
export function fastImport(
  { dir }: Pick<TempWorkspace, 'dir'>,
  stream: string,
): ReadonlyMap<number, string> {
  const file = join(dir, '.git/marks');
  const args = ['-C', dir, 'fast-import', '--quiet', `--export-marks=${file}`];
  execFileSync('git', args, { env: PLAIN, input: stream });
  const marks = readFileSync(file, 'utf8');
  return new Map(
    marks
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [mark = '', hash = ''] = line.slice(1).split(' ');
        return [Number(mark), hash];
      }),
  );
}
