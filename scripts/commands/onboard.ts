import { addTenant } from '@tenantry/tenants';
import { editTenants } from '../lib/dist/edit-tenants.ts';
import { UsageError } from '../lib/cli/errors.ts';
import { defineCommand } from '../lib/cli/run-main.ts';

export default defineCommand({
  usage: 'pnpm onboard ID --name NAME [--plan PLAN] [--host NAME] [--through DATE]',
  summary: 'Adds a tenant to tenants.json and dist/. Touches no cluster.',
  options: {
    name: { type: 'string', value: 'NAME', description: 'what the tenant is called' },
    plan: {
      type: 'string',
      value: 'PLAN',
      description: 'a plan of tenants.json; default: its own',
    },
    host: { type: 'string', value: 'NAME', description: 'where it lives; default: the only host' },
    through: { type: 'string', value: 'DATE', description: 'the last paid day, YYYY-MM-DD' },
  },
  arguments: { min: 1, max: 1 },
  async run({ workspace, positionals, values, print }) {
    const [id = ''] = positionals;
    const { name, plan, host, through } = values;
    if (name === undefined) {
      throw new UsageError(`--name is missing\n  → pnpm onboard ${id} --name "What it is called"`);
    }
    // What is wrong with the values, the parser says.
    const tenant = {
      id,
      name,
      ...(plan !== undefined && { plan }),
      ...(host !== undefined && { host }),
      ...(through !== undefined && { paidThrough: through }),
    };
    await editTenants(workspace, (text) => ({ text: addTenant(text, tenant) }), print);
    print(`${id} is onboarded\n  → commit tenants.json and dist/, then pnpm deploy ${id}`);
  },
});
