import { deploy } from '../lib/deploy/deploy.ts';
import { defineCommand } from '../lib/cli/run-main.ts';
import { synthDist } from '../lib/dist/synth.ts';

export default defineCommand({
  usage: 'pnpm start [--json]',
  summary: 'From a bare machine to greeted tenants: cluster, synth, deploy, greet.',
  live: true,
  async run(context) {
    await synthDist(context.workspace, context.print);
    await deploy(context, []);
  },
});
