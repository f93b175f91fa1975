import { defineCommand } from '../lib/cli/run-main.ts';
import { CLUSTER_TESTS, testOnCluster } from '../lib/dev/test-on-cluster.ts';

export default defineCommand({
  usage: 'pnpm test:e2e [--keep] [ARGUMENTS OF JEST…]',
  summary:
    'The black-box tests, on a cluster and in a directory that the run makes and removes. TENANTRY_CLUSTER and\n' +
    'TENANTRY_DIR name them; what is there already is refused, unless an earlier run kept it.',
  ...CLUSTER_TESTS,
  run: (context) => testOnCluster('e2e', context),
});
