import { join } from 'node:path';
import type { V1StatefulSet } from '@tenantry/kube-library';
import { type LiveVersions, type ObjectOf, placeOf } from '@tenantry/plan';
import { Fault, messageOf } from '../cli/errors.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import type { Workspace } from '../cli/workspace.ts';
import type { ConnectedHost } from '../cluster/host.ts';
import { statefulSetOf } from '../deploy/pause-tenant.ts';
import { read } from '../kube/requests.ts';
import { watchRollout } from '../kube/watch-rollout.ts';
import { checkRecipient, encryptArchive, storeArchive } from '../offboard/archive-store.ts';
import {
  admitNoTenantPods,
  admitTenantPods,
  inMaintenanceMode,
} from '../offboard/maintenance-mode.ts';
import { mustBeRestored } from '../offboard/restore-progress.ts';
import { takeSnapshot } from '../offboard/snapshot.ts';
import { snapshotName } from './snapshot-name.ts';

const READY_TIMEOUT_SECONDS = 120;

export interface KeepOptions extends Pick<Workspace, 'archives' | 'state' | 'recipient'> {
  readonly signal: AbortSignal;
}

/** As `keepSnapshot`, before an upgrade. @throws Fault with what to do where none can be taken */
export async function keepBeforeUpgrade(
  host: ConnectedHost,
  id: string,
  versions: LiveVersions,
  options: KeepOptions,
): Promise<string> {
  try {
    return await keepSnapshot(host, id, versions, options);
  } catch (error) {
    options.signal.throwIfAborted();
    throw new Fault({
      what: `${id} was not upgraded: no snapshot of its control plane could be taken`,
      why: messageOf(error),
      todo: `mend that; where it cannot be: pnpm run deploy ${id} --skip-snapshot, after which there is no way back`,
    });
  }
}

/**
 * Keeps vcluster's snapshot of a tenant's control plane under archives/ (0600), with its checksum. A
 * control plane at zero is started for that, and nothing of the tenant's with it. Returns the file's name.
 */
export async function keepSnapshot(
  host: ConnectedHost,
  id: string,
  versions: LiveVersions,
  { archives, state, recipient, signal }: KeepOptions,
): Promise<string> {
  if (recipient !== undefined) checkRecipient(recipient);
  await mustBeRestored(host.client, id);
  using work = privateDirectory(state, `snapshot-${id}`);
  const file = join(work.path, 'snapshot.tar.gz');
  await whileRunning(host, id, signal, () => takeSnapshot(host, placeOf(id), file, { signal }));
  const at = new Date().toISOString();
  const name = snapshotName({ id, versions }, at, recipient !== undefined);
  storeArchive(join(archives, name), await encryptArchive(file, recipient));
  return name;
}

async function whileRunning(
  host: ConnectedHost,
  id: string,
  signal: AbortSignal,
  action: () => Promise<void>,
): Promise<void> {
  const { client } = host;
  const place = placeOf(id);
  const statefulSet: ObjectOf<V1StatefulSet> | null = await read(client, statefulSetOf(place));
  if ((statefulSet?.spec?.replicas ?? 1) > 0) {
    const workload = { apiVersion: 'apps/v1', kind: 'StatefulSet', ...place };
    await watchRollout(client, workload, { timeoutSeconds: READY_TIMEOUT_SECONDS, signal });
    return action();
  }
  await admitNoTenantPods(client, id);
  await inMaintenanceMode(client, place, action, signal);
  await admitTenantPods(client, id);
}
