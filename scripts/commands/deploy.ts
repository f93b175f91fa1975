import { readFileSync } from 'node:fs';
import { parsePlans, type Plan } from '@tenantry/plan';
import { messageOf, UsageError } from '../lib/cli/errors.ts';
import { HOST_OPTION } from '../lib/cli/options.ts';
import { defineCommand } from '../lib/cli/run-main.ts';
import { deploy } from '../lib/deploy/deploy.ts';

export default defineCommand({
  usage:
    'pnpm run deploy [ID…] [--host NAME] [--plan FILE] [--wave WAVE] [--max-failures N] [--take-over]\n' +
    '      [--recipient KEY] [--skip-snapshot] [--json]',
  summary:
    'Makes the clusters match dist/ and greets every tenant. Changes nothing where they do.\n' +
    'Wave after wave: the next one begins when every tenant of the one before has answered.\n' +
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
    wave: {
      type: 'string',
      value: 'WAVE',
      description: 'only the tenants of this wave, whatever the waves before it are like',
    },
    'max-failures': {
      type: 'string',
      value: 'N',
      description: 'begin the next wave where at most N tenants have failed; default: 0',
    },
    'take-over': {
      type: 'boolean',
      description: "take over fields in tenants' clusters that others have set",
    },
    recipient: {
      type: 'string',
      value: 'KEY',
      description: 'encrypt the snapshots that are kept before an upgrade: an age1… key',
    },
    'skip-snapshot': {
      type: 'boolean',
      description: 'change versions without a snapshot before: there is no way back then',
      variable: false,
    },
  },
  arguments: { min: 0, max: Infinity },
  live: true,
  async run(context) {
    const { positionals, values } = context;
    const { wave, 'max-failures': most } = values;
    if (wave !== undefined && values.plan !== undefined) {
      throw new UsageError(
        '--wave and --plan both say which tenants; nothing was done\n  → pnpm plan --wave WAVE --save FILE, then pnpm run deploy --plan FILE',
      );
    }
    if (values.recipient !== undefined) {
      const { checkRecipient } = await import('../lib/offboard/archive-store.ts');
      checkRecipient(values.recipient);
    }
    await deploy(context, positionals, {
      host: values.host,
      saved: values.plan === undefined ? null : readPlans(values.plan),
      takeOver: values['take-over'] ?? false,
      skipSnapshot: values['skip-snapshot'] ?? false,
      recipient: values.recipient,
      wave,
      ...(most !== undefined && { maxFailures: readCount('max-failures', most) }),
    });
  },
});

/** @throws UsageError */
function readCount(flag: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UsageError(
    `--${flag} is ${JSON.stringify(text)}; nothing was done\n  → it is a whole number, 0 or more`,
  );
}

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
