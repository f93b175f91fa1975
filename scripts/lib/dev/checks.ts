import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Something that can be said of the code without a cluster. */
export interface Check {
  readonly title: string;
  readonly command: readonly [file: string, ...args: string[]];
  /** Where it runs, relative to the workspace's root. */
  readonly directory?: string;
  /** Whether it may be left out, also in CI, where the machine lacks what it needs. */
  readonly optional?: boolean;
  /** Variables added to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A command of packages/proofs. The settings are those of packages/sealed: Go compiles once for both. */
export function goCheck(title: string, ...args: string[]): Check {
  return {
    title,
    command: ['go', ...args],
    directory: 'packages/proofs',
    env: { CGO_ENABLED: '0', GOFLAGS: '-trimpath -buildvcs=false -mod=readonly', GOWORK: 'off' },
  };
}

/** The files of .github/workflows, as packages/proofs sees them. */
export function workflowFiles(root: string): string[] {
  const directory = '.github/workflows';
  return readdirSync(join(root, directory)).map((name) => join('../..', directory, name));
}

/** Why a check cannot be made on this machine; null where it can. */
export function obstacle({ command: [file] }: Check): string | null {
  if (file === 'go' && spawnSync('go', ['version']).error !== undefined) return 'no Go on PATH';
  if (file === 'python3' && spawnSync('python3', ['-c', 'import yaml']).status !== 0) {
    return 'no python3 with PyYAML (Debian: python3-yaml)';
  }
  return null;
}

/** Whether it passed; it says itself what is wrong. */
export function runCheck({ command, directory = '.', env = {} }: Check, root: string): boolean {
  const [file, ...args] = command;
  const { status } = spawnSync(file, args, {
    cwd: join(root, directory),
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  return status === 0;
}
