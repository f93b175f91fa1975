import { UsageError } from '../lib/cli/errors.ts';
import { defineCommand } from '../lib/cli/run-main.ts';
import { findTenant } from '../lib/dist/edit-tenants.ts';
import { readFleet } from '../lib/dist/synth.ts';
import { editSecrets } from '../lib/secrets/edit-secrets.ts';

export default defineCommand({
  usage: 'pnpm secret edit ID',
  summary:
    "Opens a tenant's Secrets, secrets/<id>.yaml, in your editor by sops, and encrypts what you save. The\n" +
    'first time it makes the file, for the recipients in .sops.yaml. Touches no cluster.',
  arguments: { min: 2, max: 2 },
  async run(context) {
    const [action, id = ''] = context.positionals;
    if (action !== 'edit') {
      throw new UsageError(
        `${JSON.stringify(action)} is nothing to do with a secret\n  → pnpm secret edit ${id}`,
      );
    }
    await editSecrets(context, findTenant(readFleet(context.workspace.tenantsFile), id));
  },
});
