import { existsSync } from 'node:fs';
import { devNull } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { messageOf, UsageError } from '../cli/errors.ts';
import { CommandError, run, type Shell } from '../cli/shell.ts';

/** Git's plumbing commands in one repository. */
export interface Git {
  /** The top of the working tree. */
  readonly root: string;
  /** Path of the file in the repository. */
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs one command and returns its standard output. @throws CommandError */
  run(...args: readonly string[]): Promise<string>;
  /** The same; null where the command ends with 1, which is its way of saying no. @throws CommandError */
  ask(...args: readonly string[]): Promise<string | null>;
}

/** How a remote is reached and where the user's configuration lies; it says whom Git trusts. */
const KEPT =
  /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|TERMINAL_PROMPT|SSL_\w+|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM))$/;

/**
 * An environment in which Git reads the repository as it is stored. Plumbing does not listen to
 * log.*, color.*, diff.* and the like; what it would listen to is taken away here: GIT_* variables
 * that point elsewhere or configure, replaced objects, grafts, patterns in paths.
 */
export function gitEnvironment(
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || KEPT.test(name));
  return {
    ...Object.fromEntries(kept),
    GIT_NO_REPLACE_OBJECTS: '1',
    // Of an empty file Git would say that it is deprecated.
    GIT_GRAFT_FILE: join(devNull, 'none'),
    GIT_LITERAL_PATHSPECS: '1',
    GIT_OPTIONAL_LOCKS: '0',
  };
}

/** Opens the repository around a file. @throws UsageError where there is none, CommandError */
export async function openRepository($: Shell, file: string): Promise<Git> {
  const env = gitEnvironment();
  const runIn = (directory: string, args: readonly string[]) =>
    // A commit-graph file keeps only 34 bits of a date.
    run($({ env }), 'git', ['-C', directory, '-c', 'core.commitGraph=false', ...args]);
  const directory = dirname(file);
  const question = ['rev-parse', '--show-toplevel', '--show-prefix'];
  const places = await runIn(directory, question).catch((error: unknown) => {
    // A repository that Git refuses to read is not no repository.
    if (isBelowRepository(directory)) throw error;
    throw new UsageError(
      `${file} is in no Git repository: ${messageOf(error)}\n  → commit it: this command reads Git's history`,
      { cause: error },
    );
  });
  const [root = '', prefix = ''] = places.split('\n');
  return {
    root,
    path: prefix + basename(file),
    env,
    run: (...args) => runIn(root, args),
    async ask(...args) {
      try {
        return await runIn(root, args);
      } catch (error) {
        if (error instanceof CommandError && error.exitCode === 1) return null;
        throw error;
      }
    },
  };
}

function isBelowRepository(directory: string): boolean {
  if (existsSync(join(directory, '.git'))) return true;
  const above = dirname(directory);
  return above !== directory && isBelowRepository(above);
}
