import { type Check, goCheck, obstacle, runCheck, workflowFiles } from '../lib/dev/checks.ts';
import { synthesizeExample } from '../lib/dev/example.ts';
import { isCi } from '../lib/cli/boolean.ts';
import { Fault } from '../lib/cli/errors.ts';
import { defineCommand } from '../lib/cli/run-main.ts';

/** Stops a step; the check itself has said why. */
class CheckFailed extends Error {}

export default defineCommand({
  usage: 'pnpm check',
  summary: 'Format, lint, types, tests and static proofs. Needs no cluster.',
  async run({ workspace: { root, dist }, report }) {
    using shop = synthesizeExample(root, 'examples/shop');
    const strict = isCi(process.env['CI']);
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
      goCheck('pod security of examples/shop', 'run', './cmd/pod-security', shop.dist),
      goCheck('linters of examples/shop', 'run', './cmd/lint', shop.dist),
      // Go knows nothing of the scripts that tests run, so that what it has kept may be old.
      goCheck('proofs', 'test', '-count=1', './...'),
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
        if (check.optional !== true && strict) failed.push(check.title);
        continue;
      }
      await report
        .step(check.title, async () => {
          if (!runCheck(check, root)) throw new CheckFailed();
        })
        .catch((error: unknown) => {
          if (!(error instanceof CheckFailed)) throw error;
          failed.push(check.title);
        });
    }
    if (failed.length > 0) {
      throw new Fault({
        what: 'the checks did not all pass',
        why: `failed: ${failed.join(', ')}`,
        todo: 'each has said above what is wrong',
      });
    }
  },
});
