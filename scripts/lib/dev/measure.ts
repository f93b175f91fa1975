import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../cli/errors.ts';
import { CommandError, NO_COMMAND, run, type Shell } from '../cli/shell.ts';
import { privateDirectory } from '../cli/temp-dir.ts';

/** What a process and those that it waited for took. */
export interface Measure {
  /** From its start to its end. */
  readonly seconds: number;
  /** Processor time, in seconds. */
  readonly cpu: number;
  /** The most memory that one of them held, in megabytes; null where it was not a process of its own. */
  readonly peak: number | null;
}

/** Runs `file args…` under GNU time. @throws CommandError, Fault where there is no GNU time */
export async function measure($: Shell, file: string, args: readonly string[]): Promise<Measure> {
  using directory = privateDirectory(tmpdir(), 'tenantry-measure');
  const output = join(directory.path, 'time');
  try {
    await run($, 'env', ['time', '-o', output, '-f', '%e %U %S %M', file, ...args]);
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== NO_COMMAND) throw error;
    throw new Fault({
      what: 'nothing was measured',
      why: `there is no GNU time on PATH, or no ${file}`,
      todo: 'install it (Debian: time)',
    });
  }
  return readMeasure(readFileSync(output, 'utf8'));
}

/** Of seconds, seconds in user mode and in the kernel, and kilobytes. */
export function readMeasure(text: string): Measure {
  const [seconds = NaN, user = NaN, system = NaN, kilobytes = NaN] = text
    .trim()
    .split(' ')
    .map(Number);
  return { seconds, cpu: user + system, peak: kilobytes / 1000 };
}

/** What a part of this process took. */
export function measureHere(action: () => void): Measure {
  const start = performance.now();
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6, peak: null };
}
