import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../cli/errors.ts';
import type { Options } from '../cli/options.ts';
import { type Command, type Context, EXIT } from '../cli/run-main.ts';
import { quietShell } from '../cli/shell.ts';
import { workspace as workspaceOf } from '../cli/workspace.ts';
import { keepSandbox, removeDirectory, type Sandbox, takeSandbox } from './e2e-sandbox.ts';
import { runJest, type TestSuite } from './run-jest.ts';

const ORDER = ['--runInBand', '--testSequencer=./packages/e2e/src/in-order.ts'];
const REPORTERS = ['--reporters=default', '--reporters=./packages/e2e/src/live-reporter.ts'];

/** What the commands that run such tests have in common. */
export const CLUSTER_TESTS = {
  options: { keep: { type: 'boolean', description: 'leave both for the next run' } },
  arguments: 'passed on',
} as const satisfies Pick<Command<Options>, 'options' | 'arguments'>;

/** Runs tests on a cluster and in a directory that are theirs; returns jest's exit code. */
export async function testOnCluster(
  suite: Exclude<TestSuite, 'hermetic'>,
  context: Context<typeof CLUSTER_TESTS.options>,
): Promise<number> {
  const { positionals, values, workspace, signal } = context;
  const sandbox = await takeSandbox(quietShell(), {
    dir: process.env['TENANTRY_DIR'] ? workspace.dir : undefined,
    cluster: process.env['TENANTRY_CLUSTER'] || undefined,
  });
  const { dir, cluster } = sandbox;
  const env = { ...process.env, TENANTRY_DIR: dir, TENANTRY_CLUSTER: cluster };
  let code: number = EXIT.failed;
  try {
    const args = [...positionals, ...ORDER, ...REPORTERS];
    code = await runJest(suite, { args, env, signal });
    if (code !== EXIT.done) exportLogs(context, sandbox, env);
  } finally {
    if (values.keep === true) await keep(context, sandbox, suite);
    else if (!remove(context, sandbox, env)) code = EXIT.failed;
  }
  signal.throwIfAborted();
  return code;
}

type Reporting = Pick<Context, 'workspace' | 'report'>;

/** Keeps what the cluster has to say, which is gone with it. */
function exportLogs(
  { workspace, report }: Reporting,
  { cluster }: Sandbox,
  env: NodeJS.ProcessEnv,
) {
  const logs = join(workspace.root, '.tenantry', 'e2e-logs');
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
  const { status } = spawnSync('kind', ['export', 'logs', logs, '--name', cluster], {
    stdio: 'ignore',
    env: { ...env, PATH: `${workspaceOf(env).bin}:${process.env['PATH'] ?? ''}` },
  });
  if (status === 0) report.line(`the cluster's logs are in ${logs}`);
}

async function keep(
  { report }: Pick<Context, 'report'>,
  sandbox: Sandbox,
  suite: TestSuite,
): Promise<void> {
  await keepSandbox(quietShell(), sandbox);
  const variables = `TENANTRY_DIR=${sandbox.dir} TENANTRY_CLUSTER=${sandbox.cluster}`;
  report.line(
    `kept\n  → again: ${variables} pnpm test:${suite}\n` +
      `  → remove: ${variables} pnpm destroy --confirm ${sandbox.cluster} && rm -r ${sandbox.dir}`,
  );
}

/** Returns whether all is gone. The directory stays where the cluster does: it knows the way to it. */
function remove(
  { workspace, report }: Reporting,
  sandbox: Sandbox,
  env: NodeJS.ProcessEnv,
): boolean {
  const { dir, cluster } = sandbox;
  const script = join(workspace.root, 'scripts/destroy.ts');
  const { status } = spawnSync(process.execPath, [script, '--confirm', cluster], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  });
  if (status !== 0) {
    report.line(
      `the cluster ${cluster} may be left\n  → kind delete cluster --name ${cluster}; rm -r ${dir}`,
    );
    return false;
  }
  try {
    removeDirectory(sandbox);
    return true;
  } catch (error) {
    report.line(`${dir} is left: ${messageOf(error)}`);
    return false;
  }
}
