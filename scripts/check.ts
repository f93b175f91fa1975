import { type Check, goCheck, obstacle, runCheck, workflowFiles } from './lib/dev/checks.ts';
import { runMain } from './lib/cli/run-main.ts';

await runMain({
  usage: 'pnpm check',
  summary: 'Format, lint, types, tests and static proofs. Needs no cluster.',
  async run({ workspace: { root, dist }, report }) {
    // Cheapest first.
    const checks: readonly Check[] = [
      { title: 'format', command: ['prettier', '--check', '.'] },
      { title: 'lint', command: ['oxlint', '--deny-warnings'] },
      { title: 'types', command: ['tsc'] },
      goCheck(
        'workflows',
        'tool',
        'actionlint',
        '-shellcheck=',
        '-pyflakes=',
        ...workflowFiles(root),
      ),
      goCheck('pod security', 'run', './cmd/pod-security', dist),
      goCheck('linters', 'run', './cmd/lint', dist),
      goCheck('proofs', 'test', './...'),
      {
        title: 'YAML in PyYAML',
        command: ['python3', 'packages/proofs/pyyaml/reads_back.py'],
        optional: true,
      },
      { title: 'tests', command: ['node', 'scripts/jest.ts'] },
    ];
    const failed: string[] = [];
    for (const check of checks) {
      const reason = obstacle(check);
      if (reason !== null) {
        report.skip(check.title, `skipped: ${reason}`);
        // Where nobody reads along, a proof that was not made is no proof.
        if (check.optional !== true && (process.env['CI'] ?? '') !== '') failed.push(check.title);
        continue;
      }
      await report
        .step(check.title, async () => {
          if (!runCheck(check, root)) throw new Error(check.title);
        })
        .catch(() => failed.push(check.title));
    }
    if (failed.length > 0) throw new Error(`failed: ${failed.join(', ')}`);
  },
});
