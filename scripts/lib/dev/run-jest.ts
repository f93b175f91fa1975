import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export type TestSuite = 'hermetic' | 'e2e' | 'examples' | 'chaos' | 'fleet';

/** jest's projects: what needs no cluster runs on the fixture, or on the workload that ships. */
const PROJECTS = {
  hermetic: ['hermetic', 'workload'],
  e2e: ['e2e'],
  examples: ['examples'],
  chaos: ['chaos'],
  fleet: ['fleet'],
} as const;

export interface JestOptions {
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Ends jest when it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Runs one of the test suites and returns jest's exit code. Where TENANTRY_TEST_RESULTS names a
 * directory, jest's own results are written there as SUITE.json.
 */
export async function runJest(
  suite: TestSuite,
  { args, env = process.env, signal }: JestOptions,
): Promise<number> {
  const results = env['TENANTRY_TEST_RESULTS'] || undefined;
  const jest = spawn(
    process.execPath,
    [
      // jest loads ES modules through Node's vm modules.
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      createRequire(import.meta.url).resolve('jest/bin/jest'),
      ...(results === undefined ? [] : ['--json', '--outputFile', join(results, `${suite}.json`)]),
      // It takes all that follows for a project's name.
      ...args,
      '--selectProjects',
      ...PROJECTS[suite],
    ],
    // jest prints the JSON on standard output too, where nobody wants it.
    { stdio: ['inherit', results === undefined ? 'inherit' : 'ignore', 'inherit'], env },
  );
  signal?.addEventListener('abort', () => jest.kill('SIGTERM'), { once: true });
  const [code] = (await once(jest, 'exit')) as [number | null];
  return code ?? 1;
}
