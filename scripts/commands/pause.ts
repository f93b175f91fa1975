import { type Fleet, pausedByOperator } from '@tenantry/tenants';
import { deploy } from '../lib/deploy/deploy.ts';
import { refuseOtherEngine } from '../lib/deploy/engine.ts';
import { editTenants, findTenant, withStates } from '../lib/dist/edit-tenants.ts';
import { readFleet } from '../lib/dist/tenants-file.ts';
import { UsageError } from '../lib/cli/errors.ts';
import { defineCommand } from '../lib/cli/run-main.ts';
import { today } from '../lib/cli/dates.ts';

export default defineCommand({
  usage: 'pnpm pause ID [--json]',
  summary:
    'Stops a tenant until `pnpm resume`: no pods, no control plane; objects and volumes stay. Written into\n' +
    'tenants.json and dist/, then deployed.',
  arguments: { min: 1, max: 1 },
  live: true,
  async run(context) {
    const { workspace, positionals, print } = context;
    const [id = ''] = positionals;
    const day = today();
    const { host } = findTenant(readFleet(workspace.tenantsFile), id);
    await refuseOtherEngine(
      workspace,
      host,
      `write "state": "paused" of ${id} into tenants.json, run pnpm synth and commit both, and Flux does it`,
    );
    const pause = (text: string, fleet: Fleet) => {
      const tenant = findTenant(fleet, id);
      if (tenant.state === 'offboarding') {
        throw new UsageError(
          `${id} is offboarding, which holds it paused already\n  → pnpm resume ${id}, or pnpm offboard ${id}`,
        );
      }
      const paused = pausedByOperator(tenant, day);
      return { text: paused === tenant ? text : withStates(text, [paused]) };
    };
    await editTenants(workspace, pause, print);
    await deploy(context, [id]);
  },
});
