import { basename } from 'node:path';

/** The command line by which a script calls the pnpm that runs it; npx brings one otherwise. */
export function pnpmCommand(env: NodeJS.ProcessEnv = process.env): readonly [string, ...string[]] {
  const running = env['npm_execpath'] ?? '';
  return /^pnpm\b/.test(basename(running)) ? [running] : ['npx', '--yes', 'pnpm@12'];
}

/**
 * The name of the root script that pnpm runs this process as; undefined where it does not. What a
 * script starts, such as a test, inherits pnpm's variables, which are then not true of it.
 */
export function scriptName(
  env: NodeJS.ProcessEnv = process.env,
  file = process.argv[1] ?? '',
): string | undefined {
  const isOurs = file !== '' && (env['npm_lifecycle_script']?.includes(basename(file)) ?? false);
  return isOurs ? env['npm_lifecycle_event'] : undefined;
}
