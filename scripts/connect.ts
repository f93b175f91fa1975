import { spawn } from 'node:child_process';
import { hostContextOf, readTenants } from './lib/dist/read.ts';
import { UsageError } from './lib/cli/errors.ts';
import { findHost } from './lib/cluster/host.ts';
import { runMain } from './lib/cli/run-main.ts';
import { openTenant } from './lib/cluster/tenant-connection.ts';

await runMain({
  usage: 'pnpm connect ID [-- CMD…]',
  summary: "A shell, or one command, in the tenant's context. The exit code is CMD's own.",
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
    const host = await findHost(context, hostContextOf([tenant]));
    await using connection = await openTenant(host, id, workspace.state, signal);
    const shell = process.env['SHELL'] ?? '/bin/sh';
    const [file = shell, ...args] = command;
    if (command.length === 0) report.line(`${connection.target.context}: exit ends the connection`);
    return await runInteractive(file, args, {
      ...process.env,
      PATH: `${workspace.bin}:${process.env['PATH'] ?? ''}`,
      KUBECONFIG: connection.target.kubeconfig,
    });
  },
});

/** Runs a command on the user's own terminal and returns its exit code, 128 + n after signal n. */
function runInteractive(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', env });
    child.once('error', (error) => reject(new UsageError(`${file}: ${error.message}`)));
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
