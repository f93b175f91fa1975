import { existsSync, rmSync } from 'node:fs';
import { kindContext } from '@tenantry/tenants';
import { confirm, refuseWrong } from '../lib/cli/confirm.ts';
import { messageOf, UsageError } from '../lib/cli/errors.ts';
import { type Context, defineCommand } from '../lib/cli/run-main.ts';
import { quietShell } from '../lib/cli/shell.ts';
import { actualContext, isOurs } from '../lib/cli/workspace.ts';
import { clusterContents } from '../lib/cluster/cluster-contents.ts';
import { namedContexts } from '../lib/dist/read.ts';
import { clusterContainers } from '../lib/tools/docker.ts';
import { deleteCluster } from '../lib/tools/kind.ts';
import { ensureTools } from '../lib/tools/toolchain.ts';

export default defineCommand({
  usage: 'pnpm destroy [--confirm NAME]',
  summary:
    'Removes our kind cluster, with every tenant and volume on it, and .tenantry/. Names them first, and\n' +
    "wants the cluster's name typed. Archives and build caches stay.",
  options: {
    confirm: {
      type: 'string',
      value: 'NAME',
      description: "the cluster's name, instead of typing it",
      variable: false,
    },
  },
  async run(context) {
    const { workspace, values, report, signal, print, $ } = context;
    const { cluster, state, dist, kubeconfig } = workspace;
    const confirmation = {
      expected: cluster,
      given: values.confirm,
      question: `Type the cluster's name, ${cluster}, to go on: `,
      command: `pnpm destroy --confirm ${cluster}`,
      signal,
    };
    refuseWrong(confirmation);
    const named = namedContexts(dist);
    const isOwn = (host: string) => isOurs(actualContext(host, workspace), workspace);
    if (named.length > 0 && !named.some(isOwn)) {
      throw new UsageError(`the host ${named.join(', ')} is not ours to destroy; nothing was done`);
    }
    const exists = (await clusterContainers($, cluster)).length > 0;
    if (!exists) print(`no kind cluster ${cluster}`);
    if (!exists && !existsSync(state)) return;

    report.line('This removes:');
    for (const line of [...(exists ? await describeCluster(context) : []), state]) {
      report.line(`  ${line}`);
    }
    await confirm(confirmation);
    if (exists) {
      const toolbox = await ensureTools(workspace, report, signal);
      await report.step(`delete kind cluster ${cluster}`, () =>
        deleteCluster(toolbox.$, cluster, kubeconfig),
      );
    }
    rmSync(state, { recursive: true, force: true });
  },
});

/** What is on the cluster, as it says itself; it need not be running to be removed. */
async function describeCluster({ workspace, signal }: Context): Promise<readonly string[]> {
  const { bin, cluster, kubeconfig } = workspace;
  const name = `kind cluster ${cluster}`;
  if (!existsSync(kubeconfig)) return [`${name}; what it holds is not known: no ${kubeconfig}`];
  const $ = quietShell({ env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` }, signal });
  try {
    const contents = await clusterContents($, { kubeconfig, context: kindContext(cluster) });
    return [name, ...contents.map((line) => `  ${line}`)];
  } catch (error) {
    signal.throwIfAborted();
    return [`${name}; what it holds cannot be read:`, `  ${messageOf(error)}`];
  }
}
