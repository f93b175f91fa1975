import { rmSync } from 'node:fs';
import { namedContext } from './lib/dist/read.ts';
import { clusterContainers } from './lib/tools/docker.ts';
import { UsageError } from './lib/cli/errors.ts';
import { deleteCluster } from './lib/tools/kind.ts';
import { runMain } from './lib/cli/run-main.ts';
import { ensureTools } from './lib/tools/toolchain.ts';
import { actualContext, isOurs } from './lib/cli/workspace.ts';

await runMain({
  usage: 'pnpm destroy',
  summary: 'Removes our kind cluster and .tenantry/; archives and build caches stay.',
  async run({ workspace, report, signal, print, $ }) {
    const named = namedContext(workspace.dist);
    if (named !== null && !isOurs(actualContext(named, workspace), workspace)) {
      throw new UsageError(`the host ${named} is not ours to destroy; nothing was done`);
    }
    if ((await clusterContainers($, workspace.cluster)).length === 0) {
      print(`no kind cluster ${workspace.cluster}`);
    } else {
      const toolbox = await ensureTools(workspace, report, signal);
      await report.step(`delete kind cluster ${workspace.cluster}`, () =>
        deleteCluster(toolbox.$, workspace.cluster, workspace.kubeconfig),
      );
    }
    rmSync(workspace.state, { recursive: true, force: true });
  },
});
