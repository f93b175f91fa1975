import { writeFileSync } from 'node:fs';
import { isEmpty, planEvents, renderPlan, serializePlans } from '@tenantry/plan';
import { HOST_OPTION } from '../lib/cli/options.ts';
import { defineCommand, EXIT } from '../lib/cli/run-main.ts';
import { connectionsOf } from '../lib/cluster/connections.ts';
import { lookAtHost } from '../lib/cluster/look-host.ts';
import { eachHost } from '../lib/deploy/each-host.ts';
import { makePlan, readDist } from '../lib/deploy/make-plan.ts';
import { revealWith } from '../lib/secrets/reveal.ts';

export default defineCommand({
  usage:
    'pnpm plan [ID…] [--host NAME] [--wave WAVE] [--json] [--exit-code] [--save FILE] [--take-over]',
  summary: 'What pnpm deploy would do, against the live clusters. Changes nothing.',
  options: {
    host: HOST_OPTION,
    json: { type: 'boolean', description: 'an NDJSON line per tenant, then a summary' },
    'exit-code': { type: 'boolean', description: 'exit code 4 where there is anything to do' },
    save: {
      type: 'path',
      value: 'FILE',
      description: 'keep the plan, for pnpm run deploy --plan FILE',
    },
    wave: { type: 'string', value: 'WAVE', description: 'only the tenants of this wave' },
    'take-over': {
      type: 'boolean',
      description: 'as if fields that others have set were taken over',
    },
  },
  arguments: { min: 0, max: Infinity },
  async run(context) {
    const { workspace, positionals, values, print, show } = context;
    const hosts = readDist(workspace, positionals, values);
    const { done: plans, failure } = await eachHost(hosts, async (dist) => {
      await using connections = connectionsOf(await lookAtHost(workspace, dist.context));
      const { plan } = await makePlan(connections, dist, {
        reveal: revealWith(context, dist.secrets),
        // Flux takes over what others have set.
        takeOver: values['take-over'] === true || dist.engine === 'flux',
      });
      return plan;
    });
    // What does not say all is no plan to carry out.
    if (values.save !== undefined && failure === null) {
      writeFileSync(values.save, serializePlans(plans));
    }
    if (values.json === true) for (const event of planEvents(plans)) print(JSON.stringify(event));
    else for (const plan of plans) show(renderPlan(plan, { several: hosts.length > 1 }));
    if (failure !== null) throw failure;
    return values['exit-code'] === true && !plans.every(isEmpty) ? EXIT.found : EXIT.done;
  },
});
