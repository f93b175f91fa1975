import { writeFileSync } from 'node:fs';
import { isEmpty, planEvents, renderPlan, serializePlan } from '@tenantry/plan';
import { defineCommand, EXIT } from '../lib/cli/run-main.ts';
import { connectionsOf } from '../lib/cluster/connections.ts';
import { lookAtHost } from '../lib/cluster/look-host.ts';
import { makePlan, onlyWave, readDist } from '../lib/deploy/make-plan.ts';
import { hostContextOf } from '../lib/dist/read.ts';
import { revealWith } from '../lib/secrets/reveal.ts';

export default defineCommand({
  usage: 'pnpm plan [ID…] [--json] [--exit-code] [--save FILE] [--wave WAVE] [--take-over]',
  summary: 'What pnpm deploy would do, against the live clusters. Changes nothing.',
  options: {
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
    const asked = readDist(workspace, positionals);
    const dist = values.wave === undefined ? asked : onlyWave(asked, values.wave);
    await using connections = connectionsOf(await lookAtHost(workspace, hostContextOf(dist.all)));
    const { plan } = await makePlan(connections, dist, {
      reveal: revealWith(context, dist.secrets),
      takeOver: values['take-over'] ?? false,
    });
    if (values.save !== undefined) writeFileSync(values.save, serializePlan(plan));
    if (values.json === true) for (const event of planEvents(plan)) print(JSON.stringify(event));
    else show(renderPlan(plan));
    return values['exit-code'] === true && !isEmpty(plan) ? EXIT.found : EXIT.done;
  },
});
