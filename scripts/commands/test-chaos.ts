import { defineCommand } from '../lib/cli/run-main.ts';
import { CLUSTER_TESTS, testOnCluster } from '../lib/dev/test-on-cluster.ts';

export default defineCommand({
  usage: 'pnpm test:chaos [--keep] [ARGUMENTS OF JEST…]',
  summary:
    'Kills deploys at random moments, TENANTRY_KILLS of them (default 20), and looks whether the next one puts all\n' +
    'right; FAST_CHECK_SEED repeats a run. On a cluster and in a directory of its own, as pnpm test:e2e.',
  ...CLUSTER_TESTS,
  run: (context) => testOnCluster('chaos', context),
});
