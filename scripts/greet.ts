import { mkdirSync } from 'node:fs';
import { hostContextOf, readTenants } from './lib/dist/read.ts';
import { eachTenant } from './lib/deploy/each-tenant.ts';
import { greetTenant } from './lib/deploy/greet-tenant.ts';
import { findHost } from './lib/cluster/host.ts';
import { runMain } from './lib/cli/run-main.ts';
import { openTenant } from './lib/cluster/tenant-connection.ts';

await runMain({
  usage: 'pnpm greet [ID…]',
  summary: "Calls each tenant's /whoami through its own cluster.",
  arguments: { min: 0, max: Infinity },
  async run(context) {
    const { workspace, positionals, signal, print } = context;
    const tenants = readTenants(workspace.dist, positionals);
    const host = await findHost(context, hostContextOf(tenants));
    mkdirSync(workspace.state, { recursive: true, mode: 0o700 });
    await eachTenant(
      tenants,
      async ({ id, name, state }) => {
        if (state !== 'active') return print(`${id}: skipped: ${state}`);
        await using connection = await openTenant(host, id, workspace.state, signal);
        print(`${id}: ${await greetTenant(host.$, connection, name, signal)}`);
      },
      { signal },
    );
  },
});
