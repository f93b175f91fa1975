import { UsageError } from '../lib/cli/errors.ts';
import { defineCommand } from '../lib/cli/run-main.ts';
import { moveMeans } from '../lib/move/means.ts';
import { moveTenant } from '../lib/move/move-tenant.ts';
import { ACCEPT_UNREADABLE_OPTION, resourceNames } from '../lib/offboard/resource-names.ts';

export default defineCommand({
  usage: 'pnpm move ID --to HOST [--accept-unreadable RESOURCE,…] [--json]',
  summary:
    'Moves a tenant to another host of tenants.json: it is held paused, archived, restored there and\n' +
    'compared; then it runs there, and is removed here. Interrupted, the same command takes it up again.',
  options: {
    to: {
      type: 'string',
      value: 'HOST',
      // Of usage, --to is a day.
      variable: 'TENANTRY_TO_HOST',
      description: 'the host that it moves to',
    },
    'accept-unreadable': ACCEPT_UNREADABLE_OPTION,
  },
  arguments: { min: 1, max: 1 },
  live: true,
  async run(context) {
    const { positionals, values } = context;
    const [id = ''] = positionals;
    if (values.to === undefined)
      throw new UsageError(`--to is missing\n  → pnpm move ${id} --to HOST`);
    const accepted = resourceNames(values['accept-unreadable'] ?? '');
    await moveTenant(context, id, values.to, (journal) => moveMeans(context, journal, accepted));
  },
});
