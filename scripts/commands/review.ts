import { toYaml } from '@tenantry/manifests/yaml';
import { fleetVersions, renderReview, review, reviewEvents, reviewMarkdown } from '@tenantry/plan';
import { printable } from '../lib/cli/printable.ts';
import { defineCommand } from '../lib/cli/run-main.ts';
import { openRepository } from '../lib/git/git.ts';
import { findBase } from '../lib/review/base.ts';
import { readTrees } from '../lib/review/read-trees.ts';
import { chartChangesIn, renderCharts } from '../lib/review/render-charts.ts';

export default defineCommand({
  usage: 'pnpm review [BASE] [--markdown] [--json]',
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
        'an NDJSON line per part and note, one with the --markdown, then a summary (packages/plan/review.schema.json)',
    },
  },
  arguments: { min: 0, max: 1 },
  async run(context) {
    const { workspace, positionals, values, $, print, show } = context;
    const git = await openRepository($, workspace.tenantsFile);
    const base = await findBase(git, positionals[0]);
    const { files, tenantsFile, ids } = await readTrees(git, base.commit, workspace);
    const fleet = fleetVersions(tenantsFile, ids);
    const rendered = await renderCharts(context, chartChangesIn(files, workspace.dist));
    const reviewed = review({ base: base.words, files, fleet, ...rendered }, toYaml);
    const markdown =
      values.markdown === true
        ? reviewMarkdown(reviewed, { printable, command: `pnpm review ${base.commit}` })
        : null;
    if (values.json === true) {
      for (const event of reviewEvents(reviewed, markdown)) print(JSON.stringify(event));
    } else if (markdown !== null) {
      print(markdown);
    } else {
      show(renderReview(reviewed));
    }
  },
});
