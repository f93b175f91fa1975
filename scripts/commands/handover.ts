import { ENGINES, type Engine } from '@tenantry/tenants';
import { UsageError } from '../lib/cli/errors.ts';
import { HOST_OPTION } from '../lib/cli/options.ts';
import { defineCommand } from '../lib/cli/run-main.ts';
import { eachHost } from '../lib/deploy/each-host.ts';
import { fluxRoot } from '../lib/dist/read.ts';
import { readDist } from '../lib/deploy/make-plan.ts';
import { handOver } from '../lib/handover/handover.ts';

export default defineCommand({
  usage: `pnpm handover ${ENGINES.join('|')} [--host NAME] [--json]`,
  summary:
    'Gives the tenants of a host to Flux, which then has the place of pnpm deploy, or takes them back. Every\n' +
    'object stays the one that it is, and no pod is started anew: it compares all of them. Interrupted, the\n' +
    'same command takes it up again.',
  options: { host: HOST_OPTION },
  arguments: { min: 1, max: 1 },
  live: true,
  async run(context) {
    const { workspace, positionals, values } = context;
    const engine = engineOf(positionals[0] ?? '');
    const hosts = readDist(workspace, [], { host: values.host });
    // All of them are known to be ready for it before the first changes.
    if (engine === 'flux') for (const dist of hosts) fluxRoot(workspace.dist, dist);
    const { failure } = await eachHost(hosts, (dist) => handOver(context, dist, engine));
    if (failure !== null) throw failure;
  },
});

function engineOf(text: string): Engine {
  const engine = ENGINES.find((each) => each === text);
  if (engine !== undefined) return engine;
  throw new UsageError(`no engine ${JSON.stringify(text)}\n  → one of: ${ENGINES.join(', ')}`);
}
