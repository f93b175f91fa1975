import { basename } from 'node:path';

/** The command line by which a script calls the pnpm that runs it; npx brings one otherwise. */
export function pnpmCommand(env: NodeJS.ProcessEnv = process.env): readonly [string, ...string[]] {
  const running = env['npm_execpath'] ?? '';
  return /^pnpm\b/.test(basename(running)) ? [running] : ['npx', '--yes', 'pnpm@12'];
}
