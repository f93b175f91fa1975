import { spawnSync } from 'node:child_process';
import { runMain } from './lib/run-main.ts';

/** Everything that can be said of the code without a cluster, cheapest first. */
const CHECKS: readonly { readonly title: string; readonly command: readonly string[] }[] = [
  { title: 'format', command: ['prettier', '--check', '.'] },
  { title: 'lint', command: ['oxlint', '--deny-warnings'] },
  { title: 'types', command: ['tsc'] },
  { title: 'tests', command: ['node', 'scripts/jest.ts'] },
];

await runMain({
  usage: 'pnpm check',
  summary: 'Format, lint, types, tests and static proofs. Needs no cluster.',
  async run({ report }) {
    const failed: string[] = [];
    for (const { title, command } of CHECKS) {
      await report
        .step(title, async () => {
          const [file = '', ...args] = command;
          if (spawnSync(file, args, { stdio: 'inherit' }).status !== 0) throw new Error(title);
        })
        .catch(() => failed.push(title));
    }
    if (failed.length > 0) throw new Error(`failed: ${failed.join(', ')}`);
  },
});
