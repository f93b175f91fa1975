import { defineCommand } from '../lib/cli/run-main.ts';
import { CLUSTER_TESTS, testOnCluster } from '../lib/dev/test-on-cluster.ts';

export default defineCommand({
  usage: 'pnpm test:fleet [--keep] [ARGUMENTS OF JEST…]',
  summary:
    'What takes more than one host: tenants on two kind clusters, waves over both, and a move between them;\n' +
    'and Flux in the place of pnpm deploy, which a sealed machine compiles first, once.\n' +
    'On clusters and in directories of its own, as pnpm test:e2e.',
  ...CLUSTER_TESTS,
  run: (context) => testOnCluster('fleet', context),
});
