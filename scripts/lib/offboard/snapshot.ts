import { ExpectedError } from '../cli/errors.ts';
import type { Place } from '@tenantry/plan';
import type { ConnectedHost, Host } from '../cluster/host.ts';
import { statefulSetOf } from '../deploy/pause-tenant.ts';
import { apply, read, removeAndWait } from '../kube/requests.ts';
import { download, execIn, upload } from '../kube/exec.ts';
import { MAX_SNAPSHOT_BYTES, mustUnpackTo } from './archive.ts';
import { claimOf, RESTORE_POD, restorePod, SNAPSHOT, storageOptions } from './restore-pod.ts';
import { startPod } from './start-pod.ts';
import { waitForPod } from './wait-pod.ts';

const GONE_TIMEOUT_SECONDS = 90;
const RUNNING_TIMEOUT_SECONDS = 120;
const RESTORE_TIMEOUT_SECONDS = 300;
/** A control plane that takes longer to give its snapshot hangs. */
const SNAPSHOT_TIMEOUT_SECONDS = 300;

export interface SnapshotOptions {
  /** @default 300 */
  readonly timeoutSeconds?: number;
  readonly signal: AbortSignal;
}

/**
 * Writes vcluster's snapshot of a running control plane into `file` (0600). It comes out of a pod
 * of the tenant's, so that its size is bounded, packed and unpacked, and the time that it takes.
 */
export async function takeSnapshot(
  host: Host,
  place: Place,
  file: string,
  { timeoutSeconds = SNAPSHOT_TIMEOUT_SECONDS, signal }: SnapshotOptions,
): Promise<void> {
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  const within = { ...host, $: host.$({ signal: AbortSignal.any([signal, timeout]) }) };
  const pod = { ...place, name: `${place.name}-0`, container: 'syncer' };
  const options = `VCLUSTER_STORAGE_OPTIONS=${storageOptions()}`;
  try {
    await execIn(within, pod, ['env', options, '/vcluster', 'snapshot']);
    await download(within, pod, SNAPSHOT, file, MAX_SNAPSHOT_BYTES);
    await mustUnpackTo(file, MAX_SNAPSHOT_BYTES);
    await execIn(within, pod, ['rm', '-f', SNAPSHOT]);
  } catch (error) {
    if (!timeout.aborted) throw error;
    throw new ExpectedError(
      `pod ${pod.name} has not given its snapshot within ${timeoutSeconds} seconds`,
      { cause: error },
    );
  }
}

/**
 * Brings a vcluster whose control plane is at zero to a snapshot: a pod like the control plane's,
 * on a volume that is made anew, runs vcluster's own restore. Starts nothing.
 */
export async function restoreSnapshot(
  host: ConnectedHost,
  place: Place,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const { client } = host;
  const { namespace } = place;
  const statefulSet = await read(client, statefulSetOf(place));
  if (statefulSet === null) throw new ExpectedError(`no StatefulSet ${place.name}`);
  const claim = claimOf(statefulSet, place);
  const pod = restorePod(statefulSet, place);
  const timeout = { timeoutSeconds: GONE_TIMEOUT_SECONDS, signal };
  await removeAndWait(client, [pod, claim], timeout);
  await apply(client, claim, { force: false });
  await startPod(client, pod, signal);
  const phaseIs = (state: string, timeoutSeconds: number) =>
    waitForPod(
      client,
      { namespace, name: RESTORE_POD },
      { state, hasCome: ({ status }) => status?.phase === state, timeoutSeconds, signal },
    );
  await phaseIs('Running', RUNNING_TIMEOUT_SECONDS);
  const inPod = { ...place, name: RESTORE_POD, container: RESTORE_POD };
  await upload(host, inPod, file, SNAPSHOT);
  await phaseIs('Succeeded', RESTORE_TIMEOUT_SECONDS);
  await removeAndWait(client, [pod], timeout);
}
