import { ExpectedError } from '../cli/errors.ts';
import { FIELD_MANAGER } from '@tenantry/tenants';
import { diagnostics, type Place, type Pod } from '@tenantry/plan';
import type { Host } from '../cluster/host.ts';
import { applyObjects, getObjects, kubectl } from '../tools/kubectl.ts';
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
  host: Host,
  place: Place,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const { $, target } = host;
  const inNamespace = ['-n', place.namespace];
  const [statefulSet] = await getObjects($, target, [...inNamespace, 'statefulset', place.name]);
  if (statefulSet === undefined) throw new ExpectedError(`no StatefulSet ${place.name}`);
  const claim = claimOf(statefulSet, place);
  const old = [`pod/${RESTORE_POD}`, `persistentvolumeclaim/${claim.metadata.name}`];
  await remove(host, place, old, signal);
  const pod = restorePod(statefulSet, place);
  await applyObjects($, target, [claim, pod], { fieldManager: FIELD_MANAGER });
  const phaseIs = (wanted: string, timeoutSeconds: number) =>
    poll(
      async () => {
        const seen = await getObjects($, target, [...inNamespace, 'pods,events']);
        const live: Pod | undefined = seen.find(({ metadata }) => metadata.name === RESTORE_POD);
        const { phase } = live?.status ?? {};
        if (phase === wanted) return { done: true, result: undefined };
        const logs = phase === 'Failed' ? await logsOf(host, place) : '';
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
  await remove(host, place, [`pod/${RESTORE_POD}`], signal);
}

async function logsOf({ $, target }: Host, { namespace }: Place): Promise<string> {
  return kubectl($, target, ['-n', namespace, 'logs', RESTORE_POD, '--tail=10']).catch(String);
}

async function remove(
  { $, target }: Host,
  { namespace }: Place,
  references: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const inNamespace = ['-n', namespace];
  await kubectl($, target, [
    ...inNamespace,
    'delete',
    '--ignore-not-found',
    '--wait=false',
    ...references,
  ]);
  await poll(
    async () => {
      const left = await getObjects($, target, [...inNamespace, ...references]);
      return left.length === 0
        ? { done: true, result: undefined }
        : { done: false, diagnostics: diagnostics(left, Date.now()) };
    },
    {
      what: `end of ${references.join(', ')}`,
      timeoutSeconds: GONE_TIMEOUT_SECONDS,
      intervalMilliseconds: 300,
      signal,
    },
  );
}
