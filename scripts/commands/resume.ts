import { activate } from '../lib/dist/activate.ts';
import { deploy } from '../lib/deploy/deploy.ts';
import { defineCommand } from '../lib/cli/run-main.ts';

export default defineCommand({
  usage: 'pnpm resume ID [--json]',
  summary:
    'Brings a paused tenant back with its objects and volumes, and with what changed in dist/ meanwhile.\n' +
    'Written into tenants.json and dist/, then deployed.',
  arguments: { min: 1, max: 1 },
  live: true,
  async run(context) {
    const [id = ''] = context.positionals;
    await activate(context, id);
    await deploy(context, [id]);
  },
});
