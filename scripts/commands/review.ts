import { toYaml } from '@tenantry/manifests/yaml';
import { fleetVersions, renderReview, review, reviewEvents, reviewMarkdown } from '@tenantry/plan';
import { UsageError } from '../lib/cli/errors.ts';
import { printable } from '../lib/cli/printable.ts';
import { defineCommand } from '../lib/cli/run-main.ts';
import { openRepository } from '../lib/git/git.ts';
import { findBase } from '../lib/review/base.ts';
import { readTrees } from '../lib/review/read-trees.ts';
import { chartChangesIn, renderCharts } from '../lib/review/render-charts.ts';

export default defineCommand({
  usage: 'pnpm review [BASE] [--markdown | --json]',
  summary:
    'What a merge would change: dist/ of BASE against this tree, from Git alone. BASE is a commit or a branch;\n' +
    'default: where the default branch was left. What is the same for many tenants is told once.',
  options: {
    markdown: {
      type: 'boolean',
      description: 'one comment for GitHub; what it has no room for is said',
    },
    json: {
      type: 'boolean',
      description:
        'an NDJSON line per part and note, then a summary (packages/plan/review.schema.json)',
    },
  },
  arguments: { min: 0, max: 1 },
  async run(context) {
    const { workspace, positionals, values, $, print, show } = context;
    if (values.json === true && values.markdown === true) {
      throw new UsageError('--json and --markdown exclude each other\n  → give one of them');
    }
    const git = await openRepository($, workspace.tenantsFile);
    const base = await findBase(git, positionals[0]);
    const { files, tenantsFile, ids } = await readTrees(git, base.commit, workspace);
    const fleet = fleetVersions(tenantsFile, ids);
    const rendered = await renderCharts(context, chartChangesIn(files, workspace.dist));
    const reviewed = review({ base: base.words, files, fleet, ...rendered }, toYaml);
    if (values.json === true) {
      for (const event of reviewEvents(reviewed)) print(JSON.stringify(event));
    } else if (values.markdown === true) {
      print(reviewMarkdown(reviewed, { printable, command: `pnpm review ${base.commit}` }));
    } else {
      show(renderReview(reviewed));
    }
  },
});
