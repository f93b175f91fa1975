import { placeOf } from '@tenantry/plan';
import type { Tenant } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';
import type { Context } from '../cli/run-main.ts';
import { connectHost, findHost } from '../cluster/host.ts';
import { readRecord } from '../cluster/records.ts';
import { deploy } from '../deploy/deploy.ts';
import { createNotes } from '../deploy/notes.ts';
import type { KubeClient } from '../kube/client.ts';
import { progressOf, setProgress } from '../offboard/restore-progress.ts';
import { restoreSnapshot } from '../offboard/snapshot.ts';
import type { RollBackMeans } from './roll-back.ts';

type Surroundings = Pick<Context, 'workspace' | 'report' | 'signal' | 'print'>;

/** The means of a way back on the tenant's host, which must be there. @throws UsageError, Fault */
export async function rollBackMeans(
  surroundings: Surroundings,
  { id, host: { context } }: Tenant,
): Promise<RollBackMeans> {
  const { report, signal } = surroundings;
  const host = await connectHost(await findHost(surroundings, context));
  const { client } = host;
  return {
    async begun() {
      const progress = await progressOf(client, id);
      if (progress !== null) return progress;
      throw new UsageError(
        `${id} does not live on ${host.target.context}; nothing was changed\n  → a snapshot is restored into a living tenant; pnpm restore ${id} --from archives/${id}-….tar brings an offboarded one back`,
      );
    },
    note: (digest) => setProgress(client, id, digest),
    async deploy() {
      await deploy(surroundings, [id], { skipSnapshot: true });
    },
    async restore(file) {
      await report.of(id).step('restore', async () => {
        await forgetApplied(client, id);
        await restoreSnapshot(host, placeOf(id), file, signal);
      });
    },
  };
}

/** Of what deploy has applied in the tenant's own cluster nothing is known any more. */
async function forgetApplied(client: KubeClient, id: string): Promise<void> {
  const record = await readRecord(client, id);
  const notes = createNotes(client, id, record);
  notes.clear('virtual');
  await notes.store(record.inventory);
}
