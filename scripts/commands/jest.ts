import { defineCommand } from '../lib/cli/run-main.ts';
import { runJest } from '../lib/dev/run-jest.ts';

export default defineCommand({
  usage: 'pnpm test [ARGUMENTS OF JEST…]',
  summary:
    'The hermetic tests: Node only, no cluster. `pnpm test scripts/test/synth` runs one file.',
  arguments: 'passed on',
  run: ({ positionals, signal }) => runJest('hermetic', { args: positionals, signal }),
});
