import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { copyRepository } from '../../lib/dev/example.ts';
import { root, type TempWorkspace, tempWorkspace } from './temp-workspace.ts';

/** A copy of this repository, in which another workload may stand. */
export interface RepositoryCopy extends TempWorkspace {
  /** Runs a script of the copy on the workload that stands there. */
  run(file: string, ...args: readonly string[]): RunResult;
}

export interface RunResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function repositoryCopy(): RepositoryCopy {
  const place = tempWorkspace();
  copyRepository(root, place.dir);
  return {
    ...place,
    run(file, ...args) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [join(place.dir, file), ...args],
        {
          cwd: place.dir,
          env: { PATH: process.env['PATH'], TENANTRY_DIR: place.dir },
          encoding: 'utf8',
        },
      );
      return { status, stdout, stderr };
    },
  };
}
