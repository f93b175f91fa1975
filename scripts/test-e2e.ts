import { main } from './lib/cli/main.ts';

await main(() => import('./commands/test-e2e.ts'));
