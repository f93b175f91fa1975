import { deploy } from './lib/deploy/deploy.ts';
import { runMain } from './lib/cli/run-main.ts';

await runMain({
  usage: 'pnpm deploy [ID…]',
  summary: 'Makes the clusters match dist/ and greets every tenant. Changes nothing where they do.',
  arguments: { min: 0, max: Infinity },
  run: (context) => deploy(context, context.positionals),
});
