import { existsSync, rmSync } from 'node:fs';
import { hostContextOf, readTenants } from './lib/deliveries.ts';
import { UsageError } from './lib/errors.ts';
import { deleteCluster, listClusters } from './lib/kind.ts';
import { runMain } from './lib/run-main.ts';
import { ensureTools } from './lib/tools.ts';
import { actualContext, isOurs } from './lib/workspace.ts';

await runMain({
  usage: 'pnpm destroy',
  summary: 'Removes our kind cluster and .tenantry/; archives and build caches stay.',
  async run({ workspace, report, signal, print }) {
    if (existsSync(workspace.dist)) {
      const context = actualContext(hostContextOf(readTenants(workspace.dist)), workspace);
      if (!isOurs(context, workspace)) {
        throw new UsageError(`the host ${context} is not ours to destroy; nothing was done`);
      }
    }
    const { $ } = await ensureTools(workspace, report, signal);
    const clusters = await listClusters($).catch((): readonly string[] => []);
    if (clusters.includes(workspace.cluster)) {
      await report.step(`delete kind cluster ${workspace.cluster}`, () =>
        deleteCluster($, workspace.cluster, workspace.kubeconfig),
      );
    } else {
      print(`no kind cluster ${workspace.cluster}`);
    }
    rmSync(workspace.state, { recursive: true, force: true });
  },
});
