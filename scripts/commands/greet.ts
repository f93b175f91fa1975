import { connectionsOf } from '../lib/cluster/connections.ts';
import { lookAtHost } from '../lib/cluster/look-host.ts';
import { eachTenant } from '../lib/deploy/each-tenant.ts';
import { greetTenant } from '../lib/deploy/greet-tenant.ts';
import { virtualClient } from '../lib/deploy/wait-tenant.ts';
import { hostContextOf, readTenants } from '../lib/dist/read.ts';
import { defineCommand } from '../lib/cli/run-main.ts';

export default defineCommand({
  usage: 'pnpm greet [ID…]',
  summary: "Calls each tenant's /whoami through its own cluster.",
  arguments: { min: 0, max: Infinity },
  async run({ workspace, positionals, signal, print }) {
    const tenants = readTenants(workspace.dist, positionals);
    await using connections = connectionsOf(await lookAtHost(workspace, hostContextOf(tenants)));
    await eachTenant(
      tenants,
      async ({ id, name, state }) => {
        if (state !== 'active') return print(`${id}: skipped: ${state}`);
        const client = await virtualClient({ connections, signal }, id);
        print(`${id}: ${await greetTenant(client, name, signal)}`);
      },
      { signal },
    );
  },
});
