import { ExpectedError } from '../cli/errors.ts';
import { diagnostics, type Place, type Pod } from '@tenantry/plan';
import type { ConnectedHost, Host } from '../cluster/host.ts';
import { statefulSetOf } from '../deploy/pause-tenant.ts';
import type { KubeClient } from '../kube/client.ts';
import { apply, list, read, removeAndWait } from '../kube/requests.ts';
import { poll } from '../kube/wait.ts';
import { download, execIn, upload } from '../kube/exec.ts';
import { MAX_SNAPSHOT_BYTES, mustUnpackTo } from './archive.ts';
import { claimOf, RESTORE_POD, restorePod, SNAPSHOT, storageOptions } from './restore-pod.ts';

const GONE_TIMEOUT_SECONDS = 90;
const RUNNING_TIMEOUT_SECONDS = 120;
const RESTORE_TIMEOUT_SECONDS = 300;

/**
 * Writes vcluster's snapshot of a running control plane into `file` (0600). It comes out of a pod
 * of the tenant's, so that its size is bounded, packed and unpacked.
 */
export async function takeSnapshot(host: Host, place: Place, file: string): Promise<void> {
  const pod = { ...place, name: `${place.name}-0`, container: 'syncer' };
  const options = `VCLUSTER_STORAGE_OPTIONS=${storageOptions()}`;
  await execIn(host, pod, ['env', options, '/vcluster', 'snapshot']);
  await download(host, pod, SNAPSHOT, file, MAX_SNAPSHOT_BYTES);
  await mustUnpackTo(file, MAX_SNAPSHOT_BYTES);
  await execIn(host, pod, ['rm', '-f', SNAPSHOT]);
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
  for (const object of [claim, pod]) await apply(client, object, { force: false });
  const phaseIs = (wanted: string, timeoutSeconds: number) =>
    poll(
      async () => {
        const lists = ['Pod', 'Event'].map((kind) => list(client, { kind, namespace }));
        const seen = (await Promise.all(lists)).flat();
        const live: Pod | undefined = seen.find(
          ({ kind, metadata }) => kind === 'Pod' && metadata.name === RESTORE_POD,
        );
        const { phase } = live?.status ?? {};
        if (phase === wanted) return { done: true, result: undefined };
        const logs = phase === 'Failed' ? await logsOf(client, place) : '';
        return {
          done: false,
          diagnostics: `${diagnostics(seen, Date.now())}\n${logs}`,
          terminal: phase === 'Failed',
        };
      },
      { what: `restore pod ${wanted}`, timeoutSeconds, intervalMilliseconds: 500, signal },
    );
  await phaseIs('Running', RUNNING_TIMEOUT_SECONDS);
  const inPod = { ...place, name: RESTORE_POD, container: RESTORE_POD };
  await upload(host, inPod, file, SNAPSHOT);
  await phaseIs('Succeeded', RESTORE_TIMEOUT_SECONDS);
  await removeAndWait(client, [pod], timeout);
}

/** Evidence only. */
async function logsOf(client: KubeClient, { namespace }: Place): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/pods/${RESTORE_POD}/log`;
  return client.text({ path, query: { tailLines: '10' } }).catch(String);
}
