import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export type TestProject = 'hermetic' | 'e2e';

/**
 * Runs one of jest's projects and returns its exit code. Where TENANTRY_TEST_RESULTS names a
 * directory, jest's own results are written there as PROJECT.json.
 */
export function runJest(
  project: TestProject,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): number {
  const results = env['TENANTRY_TEST_RESULTS'];
  const { status } = spawnSync(
    process.execPath,
    [
      // jest loads ES modules through Node's vm modules.
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      createRequire(import.meta.url).resolve('jest/bin/jest'),
      ...(results === undefined
        ? []
        : ['--json', '--outputFile', join(results, `${project}.json`)]),
      // It takes all that follows for a project's name.
      ...args,
      '--selectProjects',
      project,
    ],
    // jest prints the JSON on standard output too, where nobody wants it.
    { stdio: ['inherit', results === undefined ? 'inherit' : 'ignore', 'inherit'], env },
  );
  return status ?? 1;
}
