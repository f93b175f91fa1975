import { connectionsOf } from '../lib/cluster/connections.ts';
import { lookAtHost } from '../lib/cluster/look-host.ts';
import { checkTenant } from '../lib/deploy/check-tenant.ts';
import { eachTenant } from '../lib/deploy/each-tenant.ts';
import { virtualClient } from '../lib/deploy/wait-tenant.ts';
import { hostContextOf, readTenants } from '../lib/dist/read.ts';
import { defineCommand } from '../lib/cli/run-main.ts';

export default defineCommand({
  usage: 'pnpm greet [ID…]',
  summary: "Calls each tenant's service through its own cluster.",
  arguments: { min: 0, max: Infinity },
  async run({ workspace, positionals, signal, print }) {
    const tenants = readTenants(workspace.dist, positionals);
    await using connections = connectionsOf(await lookAtHost(workspace, hostContextOf(tenants)));
    await eachTenant(
      tenants,
      async (tenant) => {
        const { id, state } = tenant;
        if (state !== 'active') return print(`${id}: skipped: ${state}`);
        const client = await virtualClient({ connections, signal }, id);
        print(`${id}: ${await checkTenant(client, tenant, signal)}`);
      },
      { signal },
    );
  },
});
