import { lookAtHost } from '../lib/cluster/look-host.ts';
import { activate } from '../lib/dist/activate.ts';
import { giveBackToFlux } from '../lib/offboard/give-back.ts';
import { deploy } from '../lib/deploy/deploy.ts';
import { refuseOtherEngine } from '../lib/deploy/engine.ts';
import { findTenant } from '../lib/dist/edit-tenants.ts';
import { readFleet } from '../lib/dist/tenants-file.ts';
import { defineCommand } from '../lib/cli/run-main.ts';

export default defineCommand({
  usage: 'pnpm resume ID [--json]',
  summary:
    'Brings a paused tenant back with its objects and volumes, and with what changed in dist/ meanwhile.\n' +
    'Written into tenants.json and dist/, then deployed.',
  arguments: { min: 1, max: 1 },
  live: true,
  async run(context) {
    const { workspace, positionals } = context;
    const [id = ''] = positionals;
    const { host, state } = findTenant(readFleet(workspace.tenantsFile), id);
    // Of an offboarding, or of one that git has taken back.
    if (host.engine === 'flux' && state !== 'paused') {
      using client = await lookAtHost(workspace, host.context);
      if (await giveBackToFlux(context, client, id)) return;
    }
    await refuseOtherEngine(
      workspace,
      host,
      `write "state": "active" of ${id} into tenants.json, run pnpm synth and commit both, and Flux does it`,
    );
    await activate(context, id);
    await deploy(context, [id]);
  },
});
