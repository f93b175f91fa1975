import { defineCommand } from '../lib/cli/run-main.ts';
import { CLUSTER_TESTS, testOnCluster } from '../lib/dev/test-on-cluster.ts';

export default defineCommand({
  usage: 'pnpm test:fleet [--keep] [ARGUMENTS OF JEST…]',
  summary:
    'What takes long, or more than one host: tenants on two kind clusters, waves over both, and a move between\n' +
    'them; an upgrade of vcluster in waves, and the way back; Flux in the place of pnpm deploy, which a sealed\n' +
    'machine compiles first, once. On clusters and in directories of its own, as pnpm test:e2e.',
  ...CLUSTER_TESTS,
  run: (context) => testOnCluster('fleet', context),
});
