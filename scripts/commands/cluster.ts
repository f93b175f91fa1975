import { ensureOwnCluster } from '../lib/cluster/kind-cluster.ts';
import { defineCommand } from '../lib/cli/run-main.ts';

export default defineCommand({
  usage: 'pnpm cluster [--json]',
  summary: 'Gets the tools, Docker and our kind cluster; does nothing where they are there.',
  live: true,
  async run({ workspace, report, signal, print }) {
    const { target } = await ensureOwnCluster(workspace, report, signal);
    print(
      `${target.context} is ready\n  kubectl --kubeconfig ${target.kubeconfig} --context ${target.context}`,
    );
  },
});
