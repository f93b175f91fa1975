import { confirm } from '../lib/cli/confirm.ts';
import { checkRecipient } from '../lib/offboard/archive-store.ts';
import { ACCEPT_UNREADABLE_OPTION, resourceNames } from '../lib/offboard/resource-names.ts';
import { offboardTenant } from '../lib/offboard/offboard-tenant.ts';
import { defineCommand } from '../lib/cli/run-main.ts';

export default defineCommand({
  usage:
    'pnpm offboard ID [--confirm ID] [--recipient KEY] [--discard-volumes]\n' +
    '      [--accept-unreadable RESOURCE,…] [--json]',
  summary:
    'Deletes a tenant, with proof: all of its objects go into archives/, which is restored once and\n' +
    'compared before anything is deleted; the receipt goes into tenants.json. The archive holds the\n' +
    "tenant's Secrets and keys. Interrupted, the same command takes it up again.",
  options: {
    confirm: {
      type: 'string',
      value: 'ID',
      description: 'the id again, instead of typing it',
      variable: false,
    },
    recipient: { type: 'string', value: 'KEY', description: 'encrypt the archive: an age1… key' },
    'discard-volumes': {
      type: 'boolean',
      description: 'lose the data of the volumes that are in no archive',
      variable: false,
    },
    'accept-unreadable': ACCEPT_UNREADABLE_OPTION,
  },
  arguments: { min: 1, max: 1 },
  live: true,
  async run(context) {
    const { positionals, values, signal } = context;
    const [id = ''] = positionals;
    if (values.recipient !== undefined) checkRecipient(values.recipient);
    await offboardTenant(context, id, {
      recipient: values.recipient,
      discardVolumes: values['discard-volumes'] ?? false,
      acceptUnreadable: resourceNames(values['accept-unreadable'] ?? ''),
      confirm: () =>
        confirm({
          expected: id,
          given: values.confirm,
          question: `This deletes ${id}. Type its id to go on: `,
          command: `pnpm offboard ${id} --confirm ${id}`,
          signal,
        }),
    });
  },
});
