import { defineCommand } from '../lib/cli/run-main.ts';
import { CLUSTER_TESTS, testOnCluster } from '../lib/dev/test-on-cluster.ts';

export default defineCommand({
  usage: 'pnpm test:examples [--keep] [ARGUMENTS OF JEST…]',
  summary:
    'The workloads of examples/ in the place of the one that ships, through all of their tenants’ life.\n' +
    'On a cluster and in a directory of its own, as pnpm test:e2e.',
  ...CLUSTER_TESTS,
  run: (context) => testOnCluster('examples', context),
});
