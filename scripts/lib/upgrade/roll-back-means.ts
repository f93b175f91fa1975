import type { V1StatefulSet } from '@tenantry/kube-library';
import { liveVersions, type ObjectOf, placeOf, unfinishedRestore } from '@tenantry/plan';
import { hostNamespace, type Tenant } from '@tenantry/tenants';
import { ExpectedError, messageOf, UsageError } from '../cli/errors.ts';
import { oneLine } from '../cli/one-line.ts';
import type { Context } from '../cli/run-main.ts';
import { type ConnectedHost, connectHost, findHost } from '../cluster/host.ts';
import { readRecord } from '../cluster/records.ts';
import { deploy } from '../deploy/deploy.ts';
import { HAND_BACK, refuseFluxAtWork } from '../deploy/engine.ts';
import { createNotes } from '../deploy/notes.ts';
import { statefulSetOf } from '../deploy/pause-tenant.ts';
import type { KubeClient } from '../kube/client.ts';
import { readNamespace } from '../kube/namespaces.ts';
import { read } from '../kube/requests.ts';
import { setProgress } from '../offboard/restore-progress.ts';
import { restoreSnapshot } from '../offboard/snapshot.ts';
import { keepSnapshot, type KeepOptions } from './keep-snapshot.ts';
import type { RollBackMeans } from './roll-back.ts';

/** The means of a way back on the tenant's host, which must be there. @throws UsageError, Fault */
export async function rollBackMeans(
  context: Pick<Context, 'workspace' | 'report' | 'signal' | 'print'>,
  tenant: Tenant,
): Promise<RollBackMeans> {
  const { workspace, report, signal, print } = context;
  const { id } = tenant;
  const host = await connectHost(await findHost(context, tenant.host.context));
  const { client } = host;
  return {
    async readProgress() {
      await refuseFluxAtWork(client, tenant.host.name, HAND_BACK);
      const namespace = await readNamespace(client, hostNamespace(id));
      if (namespace !== null) return unfinishedRestore(namespace);
      throw new UsageError(
        `${id} does not live on ${host.target.context}; nothing was changed\n  → a snapshot is restored into a living tenant; pnpm restore ${id} --from archives/${id}-….tar brings an offboarded one back`,
      );
    },
    setProgress: (progress) => setProgress(client, id, progress),
    async keepSnapshot() {
      const kept = await report
        .of(id)
        .step('snapshot', () => keepWhereGiven(host, id, { ...workspace, signal }));
      print(`${id}: ${kept}`);
    },
    async deploy() {
      await deploy(context, [id], { skipSnapshot: true });
    },
    async restore(file) {
      await report.of(id).step('restore', async () => {
        await forgetApplied(client, id);
        await restoreSnapshot(host, placeOf(id), file, signal);
      });
    },
  };
}

/**
 * Keeps a snapshot of what a control plane has, and says in a line where, or why there is none: one that
 * can give none may be why it is restored.
 */
export async function keepWhereGiven(
  host: ConnectedHost,
  id: string,
  options: KeepOptions,
): Promise<string> {
  try {
    const statefulSet: ObjectOf<V1StatefulSet> | null = await read(
      host.client,
      statefulSetOf(placeOf(id)),
    );
    if (statefulSet === null) throw new ExpectedError('it has no control plane');
    const name = await keepSnapshot(host, id, liveVersions(statefulSet), options);
    return `what it has is in archives/${name}`;
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof ExpectedError)) throw error;
    return `no snapshot of what it has could be kept: ${oneLine(messageOf(error))}`;
  }
}

/** Of what deploy has applied in the tenant's own cluster nothing is known any more. */
async function forgetApplied(client: KubeClient, id: string): Promise<void> {
  const record = await readRecord(client, id);
  const notes = createNotes(client, id, record);
  notes.clear('virtual');
  await notes.store(record.inventory);
}
