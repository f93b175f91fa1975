import { SYNCED_LABEL } from '@tenantry/tenants';
import { evidence } from '@tenantry/plan';
import type { Host } from '../cluster/host.ts';
import { getObjects, type KubeObject, kubectl } from '../tools/kubectl.ts';
import { type Look, poll } from '../kube/wait.ts';
import type { Place } from '../cluster/tenant-connection.ts';

const CONTROL_PLANE_TIMEOUT_SECONDS = 90;
/** Beyond the longest time that one of the pods has asked for. */
const EXTRA_TIMEOUT_SECONDS = 60;
const INTERVAL_MILLISECONDS = 400;

/** Tells the host how many control planes to run for a vcluster; waits for nothing. */
export async function scale(
  { $, target }: Host,
  { namespace, name }: Place,
  replicas: 0 | 1,
): Promise<void> {
  const workload = `statefulset/${name}`;
  await kubectl($, target, ['-n', namespace, 'scale', workload, `--replicas=${replicas}`]);
}

/**
 * Waits until a control plane that was scaled to zero is gone, then deletes the vcluster's pods:
 * earlier, the syncer would make them again. Returns how many pods it deleted.
 */
export async function removePods(
  { $, target }: Host,
  { namespace, name }: Place,
  signal?: AbortSignal,
): Promise<number> {
  const gone = async (selector: string, what: string, timeoutSeconds: number) => {
    const look = async (): Promise<Look<void>> => {
      const pods = await getObjects($, target, ['-n', namespace, 'pods', '--selector', selector]);
      return pods.length === 0
        ? { done: true, result: undefined }
        : { done: false, evidence: evidence(pods, Date.now()) };
    };
    await poll(look, {
      what,
      timeoutSeconds,
      intervalMilliseconds: INTERVAL_MILLISECONDS,
      ...(signal && { signal }),
    });
  };
  // A pod of the tenant's may have labels like the control plane's, but is known as the syncer's.
  const controlPlane = `app=vcluster,release=${name},!${SYNCED_LABEL}`;
  await gone(controlPlane, 'end of the control plane', CONTROL_PLANE_TIMEOUT_SECONDS);
  const workload = `${SYNCED_LABEL}=${name}`;
  const selected = ['-n', namespace, 'pods', '--selector', workload];
  const pods = await getObjects($, target, selected);
  if (pods.length > 0) {
    await kubectl($, target, ['delete', ...selected, '--wait=false']);
    const longest = Math.max(...pods.map(graceSeconds));
    await gone(workload, 'end of the pods', longest + EXTRA_TIMEOUT_SECONDS);
  }
  return pods.length;
}

function graceSeconds({ spec }: KubeObject): number {
  const { terminationGracePeriodSeconds = 30 } = (spec ?? {}) as {
    readonly terminationGracePeriodSeconds?: number;
  };
  return terminationGracePeriodSeconds;
}
