import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ON_FIXTURE, root } from './helpers/temp-workspace.ts';

export interface ScriptResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a root script as a child process, with these variables and no others. */
export function runScript(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd = root,
): ScriptResult {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [ON_FIXTURE, join(root, 'scripts', `${name}.ts`), ...args],
    { cwd, env: { PATH: '/usr/bin:/bin', ...env }, encoding: 'utf8', stdio: 'pipe' },
  );
  return { code: status, stdout, stderr };
}
