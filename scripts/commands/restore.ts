import { UsageError } from '../lib/cli/errors.ts';
import { restoreTenant } from '../lib/offboard/restore-tenant.ts';
import { defineCommand } from '../lib/cli/run-main.ts';

export default defineCommand({
  usage: 'pnpm restore ID --from ARCHIVE [--host NAME] [--identity FILE] [--json]',
  summary:
    'Brings an offboarded tenant back from its archive: its objects as they were, and what its\n' +
    'archive has of its volumes; the others are empty. Interrupted, the same command takes it up again.',
  options: {
    from: {
      type: 'path',
      value: 'ARCHIVE',
      // Of usage, --from is a day.
      variable: 'TENANTRY_ARCHIVE',
      description: 'a file that pnpm offboard has written',
    },
    host: {
      type: 'string',
      value: 'NAME',
      description: 'where it is to live; default: the only host',
    },
    identity: {
      type: 'path',
      value: 'FILE',
      description: 'the age identity that decrypts the archive',
    },
  },
  arguments: { min: 1, max: 1 },
  live: true,
  async run(context) {
    const { positionals, values } = context;
    const [id = ''] = positionals;
    if (values.from === undefined) {
      throw new UsageError(`--from is missing\n  → pnpm restore ${id} --from archives/${id}-….tar`);
    }
    const { from, identity, host } = values;
    await restoreTenant(context, id, { from, identity, host });
  },
});
