import { readTenants } from '../lib/dist/read.ts';
import { UsageError } from '../lib/cli/errors.ts';
import { connectHost, findHost } from '../lib/cluster/host.ts';
import { runInteractive } from '../lib/cli/run-interactive.ts';
import { defineCommand } from '../lib/cli/run-main.ts';
import { userDirectory } from '../lib/cli/workspace.ts';
import { openTenant } from '../lib/cluster/tenant-connection.ts';

export default defineCommand({
  usage: 'pnpm connect ID [-- CMD…]',
  summary:
    "A shell, or one command, in the tenant's context. The exit code is CMD's own: 128 + n after signal n,\n" +
    '127 where CMD is not found, 126 where it cannot be run.',
  arguments: { min: 1, max: Infinity },
  async run(context) {
    const { workspace, positionals, signal, report } = context;
    const [id = '', ...command] = positionals;
    const [tenant] = readTenants(workspace.dist, [id]);
    if (tenant === undefined || tenant.state !== 'active') {
      throw new UsageError(
        `${id} is ${tenant?.state}; it has no API server\n  → pnpm resume ${id}`,
      );
    }
    const host = await connectHost(await findHost(context, tenant.hostContext));
    await using connection = await openTenant(host, id, workspace.state, signal);
    const shell = process.env['SHELL'] || '/bin/sh';
    const [file = shell, ...args] = command;
    if (command.length === 0) report.line(`${connection.target.context}: exit ends the connection`);
    return await runInteractive(file, args, {
      // Its paths, too, are read from where the user stands.
      cwd: userDirectory(),
      env: {
        ...process.env,
        PATH: `${workspace.bin}:${process.env['PATH'] ?? ''}`,
        KUBECONFIG: connection.target.kubeconfig,
      },
    });
  },
});
