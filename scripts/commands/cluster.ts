import { ensureFlux } from '../lib/cluster/flux.ts';
import { ensureGateway } from '../lib/cluster/gateway.ts';
import { ensureOwnCluster } from '../lib/cluster/kind-cluster.ts';
import { defineCommand } from '../lib/cli/run-main.ts';

export default defineCommand({
  usage: 'pnpm cluster [--gateway] [--flux] [--json]',
  summary: 'Gets the tools, Docker and our kind cluster; does nothing where they are there.',
  live: true,
  options: {
    gateway: { type: 'boolean', description: 'give it the Gateway API too, and Traefik' },
    flux: { type: 'boolean', description: 'give it Flux too, and a registry that Flux reads' },
  },
  async run({ workspace, values, report, signal, print }) {
    const cluster = await ensureOwnCluster(workspace, report, signal);
    if (values.gateway === true) await ensureGateway(cluster, workspace, report, signal);
    if (values.flux === true) await ensureFlux(cluster, workspace, report, signal);
    const { target } = cluster;
    print(
      `${target.context} is ready\n  kubectl --kubeconfig ${target.kubeconfig} --context ${target.context}`,
    );
  },
});
