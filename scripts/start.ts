import { deploy } from './lib/deploy.ts';
import { runMain } from './lib/run-main.ts';
import { synthDist } from './lib/synth-dist.ts';

await runMain({
  usage: 'pnpm start',
  summary: 'From a bare machine to greeted tenants: cluster, synth, deploy, greet.',
  async run(context) {
    synthDist(context.workspace, context.print);
    await deploy(context, []);
  },
});
