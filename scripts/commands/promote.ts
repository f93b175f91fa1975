import { pinRelease } from '@tenantry/tenants';
import { defineCommand } from '../lib/cli/run-main.ts';
import { editTenants } from '../lib/dist/edit-tenants.ts';
import { findRelease, triedImages } from '../lib/dist/tried-images.ts';

export default defineCommand({
  usage: 'pnpm promote FROM TO',
  summary:
    'Has the release TO run the images that the tenants of FROM have in dist/, until it is promoted again:\n' +
    'pnpm promote canary stable. Edits tenants.json and dist/; touches no cluster.',
  arguments: { min: 2, max: 2 },
  async run({ workspace, positionals, print }) {
    const [from = '', to = ''] = positionals;
    const { images } = await editTenants(
      workspace,
      (text, fleet) => {
        findRelease(fleet, to);
        const tried = triedImages(workspace.dist, fleet, from);
        return { text: pinRelease(text, to, tried), images: tried };
      },
      print,
    );
    for (const [name, reference] of Object.entries(images)) print(`${to}: ${name} ${reference}`);
    print('  → commit tenants.json and dist/, then pnpm deploy');
  },
});
