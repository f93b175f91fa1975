import { isUnpaid, resumedByOperator } from '@tenantry/tenants';
import { deploy } from './lib/deploy.ts';
import { editTenantsFile, findTenant, withLives } from './lib/edit-tenants.ts';
import { runMain } from './lib/run-main.ts';
import { synthDist } from './lib/synth-dist.ts';
import { today } from './lib/today.ts';

await runMain({
  usage: 'pnpm resume ID',
  summary:
    'Brings a paused tenant back with its objects and volumes, and with what changed in dist/ meanwhile.\n' +
    'Written into tenants.json and dist/, then deployed.',
  arguments: { min: 1, max: 1 },
  async run(context) {
    const { workspace, positionals, print, report } = context;
    const [id = ''] = positionals;
    editTenantsFile(workspace, (text, fleet) => {
      const tenant = findTenant(fleet, id);
      if (isUnpaid(tenant, today())) {
        report.line(
          `${id}: paid through ${tenant.paidThrough} only: \`pnpm lifecycle\` will pause it again\n  → pnpm renew ${id} --through DATE`,
        );
      }
      return tenant.state === 'active' ? text : withLives(text, [resumedByOperator(tenant)]);
    });
    synthDist(workspace, print);
    await deploy(context, [id]);
  },
});
