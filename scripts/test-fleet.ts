import { main } from './lib/cli/main.ts';

await main(() => import('./commands/test-fleet.ts'));
