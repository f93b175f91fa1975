import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempDisposableSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExpectedError } from '../cli/errors.ts';

/** What of the repository a synth reads. */
const READ = [
  'packages',
  'scripts',
  'examples',
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'tsconfig.json',
];

/** Copies the repository as far as a synth reads it; what is installed is that of the original. */
export function copyRepository(root: string, copy: string): void {
  mkdirSync(copy, { recursive: true });
  for (const name of READ) {
    cpSync(join(root, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

/** Puts the workload of an example in the place of the one in packages/workload. */
export function replaceWorkload(repository: string, example: string): void {
  for (const file of ['workload.ts', 'chart.ts']) {
    copyFileSync(join(repository, example, file), join(repository, 'packages/workload/src', file));
  }
}

/** The dist/ of an example's tenants, for as long as it is in use. */
export function synthesizeExample(
  root: string,
  example: string,
): Disposable & { readonly dist: string } {
  const place = mkdtempDisposableSync(join(tmpdir(), 'tenantry-example-'));
  const repository = join(place.path, 'repository');
  copyRepository(root, repository);
  replaceWorkload(repository, example);
  const dist = join(place.path, 'dist');
  const files = ['--tenants', join(root, example, 'tenants.json'), '--out', dist];
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(repository, 'scripts/synth.ts'), ...files],
    {
      cwd: place.path,
      env: { PATH: process.env['PATH'], TENANTRY_DIR: place.path },
      encoding: 'utf8',
    },
  );
  if (status !== 0) {
    place[Symbol.dispose]();
    throw new ExpectedError(`synth of ${example}: exit code ${status}\n${stderr}`);
  }
  return { dist, [Symbol.dispose]: () => place[Symbol.dispose]() };
}
