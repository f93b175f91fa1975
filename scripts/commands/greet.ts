import { connectionsOf } from '../lib/cluster/connections.ts';
import { lookAtHost } from '../lib/cluster/look-host.ts';
import { checkTenant } from '../lib/deploy/check-tenant.ts';
import { eachHost } from '../lib/deploy/each-host.ts';
import { eachTenant } from '../lib/deploy/each-tenant.ts';
import { virtualClient } from '../lib/deploy/wait-tenant.ts';
import { readByHost } from '../lib/dist/read.ts';
import { HOST_OPTION } from '../lib/cli/options.ts';
import { defineCommand } from '../lib/cli/run-main.ts';

export default defineCommand({
  usage: 'pnpm greet [ID…] [--host NAME]',
  summary: "Calls each tenant's service through its own cluster.",
  options: { host: HOST_OPTION },
  arguments: { min: 0, max: Infinity },
  async run({ workspace, positionals, values, signal, print }) {
    const hosts = readByHost(workspace.dist, positionals, values.host);
    const { failure } = await eachHost(hosts, async ({ context, tenants }) => {
      await using connections = connectionsOf(await lookAtHost(workspace, context));
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
    });
    if (failure !== null) throw failure;
  },
});
