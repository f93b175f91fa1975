import { main } from './lib/cli/main.ts';

await main(() => import('./commands/handover.ts'));
