import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { runJest } from './lib/dev/run-jest.ts';
import { workspace } from './lib/cli/workspace.ts';

/**
 * The black-box tests, on a cluster and in a directory of their own. Both are removed afterwards;
 * what the cluster has to say is kept first where a test failed. TENANTRY_KEEP=1 keeps all of it.
 */
const FLAGS = [
  '--runInBand',
  '--reporters=default',
  '--reporters=./packages/e2e/src/live-reporter.ts',
];
const { root } = workspace();
const dir = process.env['TENANTRY_DIR'] ?? mkdtempSync(join(tmpdir(), 'tenantry-e2e-'));
const env = {
  ...process.env,
  TENANTRY_DIR: dir,
  TENANTRY_CLUSTER: process.env['TENANTRY_CLUSTER'] ?? 'tenantry-e2e',
};
const own = workspace(env);
mkdirSync(dir, { recursive: true });

try {
  process.exitCode = runJest('e2e', [...process.argv.slice(2), ...FLAGS], env);
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}
if (process.exitCode !== 0) {
  const logs = join(root, '.tenantry', 'e2e-logs');
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
  spawnSync('kind', ['export', 'logs', logs, '--name', own.cluster], {
    stdio: 'ignore',
    env: { ...env, PATH: `${own.bin}:${process.env['PATH'] ?? ''}` },
  });
  process.stderr.write(`the cluster's logs are in ${logs}\n`);
}
if (process.env['TENANTRY_KEEP'] === '1') {
  process.stderr.write(`kept: TENANTRY_DIR=${dir} TENANTRY_CLUSTER=${own.cluster}\n`);
} else {
  spawnSync(process.execPath, [join(root, 'scripts/destroy.ts')], { stdio: 'inherit', env });
  rmSync(dir, { recursive: true, force: true });
}
