import { defineCommand } from '../lib/cli/run-main.ts';
import { CLUSTER_TESTS, testOnCluster } from '../lib/dev/test-on-cluster.ts';

export default defineCommand({
  usage: 'pnpm test:examples [--keep] [ARGUMENTS OF JEST…]',
  summary:
    'The workloads of examples/ in the place of whoami, through all of their tenants’ life. On a cluster and in a\n' +
    'directory of its own, as pnpm test:e2e.',
  ...CLUSTER_TESTS,
  run: (context) => testOnCluster('examples', context),
});
