import { dayOf, setTenantKeys } from '@tenantry/tenants';
import { editTenantsOnly, findTenant } from '../lib/dist/edit-tenants.ts';
import { UsageError } from '../lib/cli/errors.ts';
import { defineCommand } from '../lib/cli/run-main.ts';
import { parseDate } from '../lib/cli/dates.ts';

export default defineCommand({
  usage: 'pnpm renew ID --through DATE',
  summary:
    'Writes the last paid day of a tenant into tenants.json. Touches no cluster: `pnpm lifecycle` lifts the\n' +
    'pause that it made. An earlier day than the one that is there is refused.',
  options: {
    through: { type: 'string', value: 'DATE', description: 'the last paid day, YYYY-MM-DD' },
  },
  arguments: { min: 1, max: 1 },
  async run({ workspace, positionals, values, print }) {
    const [id = ''] = positionals;
    if (values.through === undefined) {
      throw new UsageError(`--through is missing\n  → pnpm renew ${id} --through YYYY-MM-DD`);
    }
    const through = parseDate('--through', values.through);
    const { tenant } = await editTenantsOnly(workspace, (text, fleet) => {
      const found = findTenant(fleet, id);
      const { paidThrough } = found;
      // Taking away what was paid for is no renewal, and mostly a slip of the pen.
      if (paidThrough !== null && dayOf(through) < dayOf(paidThrough)) {
        throw new UsageError(
          `${id} is paid through ${paidThrough}, later than ${through}; nothing was changed\n  → to take days away, edit tenants.json`,
        );
      }
      const isSame = through === paidThrough;
      const keys = new Map([[id, { paidThrough: through }]]);
      return { text: isSame ? text : setTenantKeys(text, keys), tenant: found };
    });
    const { paidThrough, pausedBy, state } = tenant;
    print(
      through === paidThrough
        ? `${id}: paid through ${through} already`
        : `${id}: paid through ${through}, before: ${paidThrough ?? 'no date'}`,
    );
    if (state !== 'active') {
      print(
        pausedBy === 'lifecycle'
          ? `${id}: ${state}; pnpm lifecycle --today DATE lifts it up to ${through}`
          : `${id}: ${state} by an operator; pnpm resume ${id} lifts it`,
      );
    }
  },
});
