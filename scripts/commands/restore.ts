import { basename } from 'node:path';
import { confirm } from '../lib/cli/confirm.ts';
import { UsageError } from '../lib/cli/errors.ts';
import { restoreTenant } from '../lib/offboard/restore-tenant.ts';
import { rollBack } from '../lib/upgrade/roll-back.ts';
import { rollBackMeans } from '../lib/upgrade/roll-back-means.ts';
import { parseSnapshotName } from '../lib/upgrade/snapshot-name.ts';
import { defineCommand } from '../lib/cli/run-main.ts';

export default defineCommand({
  usage: 'pnpm restore ID --from FILE [--confirm ID] [--host NAME] [--identity FILE] [--json]',
  summary:
    'Brings an offboarded tenant back from its archive: its objects as they were, and what its\n' +
    'archive has of its volumes; the others are empty. Interrupted, the same command takes it up again.\n' +
    'From a snapshot that deploy has kept before an upgrade, it brings a living tenant back to what it was\n' +
    'then, with the versions of then. What its cluster was told since is lost, volumes made since with it;\n' +
    'those of before keep their data. A snapshot of what it has is kept first, where it can give one.',
  options: {
    from: {
      type: 'path',
      value: 'FILE',
      // Of usage, --from is a day.
      variable: 'TENANTRY_ARCHIVE',
      description: 'an archive that pnpm offboard has written, or a snapshot of pnpm deploy',
    },
    confirm: {
      type: 'string',
      value: 'ID',
      description: 'of a snapshot: the id again, instead of typing it',
      variable: false,
    },
    host: {
      type: 'string',
      value: 'NAME',
      description: 'where it is to live; default: the only host',
    },
    identity: {
      type: 'path',
      value: 'FILE',
      description: 'the age identity that decrypts the file',
    },
  },
  arguments: { min: 1, max: 1 },
  live: true,
  async run(context) {
    const { positionals, values, signal } = context;
    const [id = ''] = positionals;
    if (values.from === undefined) {
      throw new UsageError(`--from is missing\n  → pnpm restore ${id} --from archives/${id}-….tar`);
    }
    const { from, identity, host } = values;
    const snapshot = parseSnapshotName(basename(from));
    if (snapshot === null) return restoreTenant(context, id, { from, identity, host });
    const options = {
      from,
      snapshot,
      identity,
      host,
      confirm: () =>
        confirm({
          expected: id,
          given: values.confirm,
          question: `This replaces all that ${id} has by the snapshot. Type its id to go on: `,
          command: `pnpm restore ${id} --from ${from} --confirm ${id}`,
          signal,
        }),
    };
    await rollBack(context, id, options, (tenant) => rollBackMeans(context, tenant));
  },
});
