import { readFileSync } from 'node:fs';
import { parsePlans, type Plan } from '@tenantry/plan';
import { messageOf, UsageError } from '../lib/cli/errors.ts';
import { HOST_OPTION } from '../lib/cli/options.ts';
import { defineCommand } from '../lib/cli/run-main.ts';
import { deploy } from '../lib/deploy/deploy.ts';

export default defineCommand({
  usage: 'pnpm run deploy [ID…] [--host NAME] [--plan FILE] [--take-over] [--json]',
  summary:
    'Makes the clusters match dist/ and greets every tenant. Changes nothing where they do.\n' +
    'Without a flag, pnpm deploy is enough; flags behind that name pnpm keeps for a command of its own.',
  options: {
    host: HOST_OPTION,
    plan: {
      type: 'path',
      value: 'FILE',
      // Of onboard, --plan is a plan of tenants.json.
      variable: 'TENANTRY_PLAN_FILE',
      description: 'only what this plan of pnpm plan --save says, or nothing',
    },
    'take-over': {
      type: 'boolean',
      description: "take over fields in tenants' clusters that others have set",
    },
  },
  arguments: { min: 0, max: Infinity },
  live: true,
  async run(context) {
    const { positionals, values } = context;
    await deploy(context, positionals, {
      host: values.host,
      saved: values.plan === undefined ? null : readPlans(values.plan),
      takeOver: values['take-over'] ?? false,
    });
  },
});

/** @throws UsageError */
function readPlans(path: string): readonly Plan[] {
  try {
    return parsePlans(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(
      `${path} cannot be read: ${messageOf(error)}\n  → pnpm plan --save ${path}`,
      { cause: error },
    );
  }
}
