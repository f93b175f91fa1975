import { toYaml } from '@tenantry/manifests/yaml';
import { fleetVersions, renderReview, review } from '@tenantry/plan';
import { defineCommand } from '../lib/cli/run-main.ts';
import { openRepository } from '../lib/git/git.ts';
import { findBase } from '../lib/review/base.ts';
import { readTrees } from '../lib/review/read-trees.ts';

export default defineCommand({
  usage: 'pnpm review [BASE]',
  summary:
    'What a merge would change: dist/ of BASE against this tree, from Git alone. BASE is a commit or a branch;\n' +
    'default: where the default branch was left. What is the same for many tenants is told once.',
  options: {},
  arguments: { min: 0, max: 1 },
  async run({ workspace, positionals, $, show }) {
    const git = await openRepository($, workspace.tenantsFile);
    const base = await findBase(git, positionals[0]);
    const { files, tenantsFile, ids } = await readTrees(git, base.commit, workspace);
    const fleet = fleetVersions(tenantsFile, ids);
    const reviewed = review({ base: base.words, files, fleet, notes: [] }, toYaml);
    show(renderReview(reviewed));
  },
});
