import { CommandError, NO_COMMAND, run, type Shell } from '../cli/shell.ts';

/** The version that the Go on PATH has, `go1.26.8`; null where there is none. @throws CommandError */
export async function goVersion($: Shell): Promise<string | null> {
  try {
    return (await run($, 'go', ['env', 'GOVERSION'])).trim();
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === NO_COMMAND) return null;
    throw error;
  }
}
