import { hostNamespace, vclusterName } from '@tenantry/tenants';
import type { Host } from './host.ts';
import { getObjects, kubectl } from './kubectl.ts';
import { evidence } from './diagnose.ts';
import { type Look, poll } from './poll.ts';

const TIMEOUT_SECONDS = 90;

/**
 * Waits until a control plane that was scaled to zero is gone, then deletes the tenant's pods:
 * earlier, the syncer would make them again. Returns how many pods it deleted.
 */
export async function removePods(
  { $, target }: Host,
  id: string,
  signal?: AbortSignal,
): Promise<number> {
  const namespace = hostNamespace(id);
  const gone = async (selector: string, what: string) => {
    const look = async (): Promise<Look<void>> => {
      const pods = await getObjects($, target, ['-n', namespace, 'pods', '--selector', selector]);
      return pods.length === 0
        ? { done: true, result: undefined }
        : { done: false, evidence: evidence(pods, Date.now()) };
    };
    await poll(look, { what, timeoutSeconds: TIMEOUT_SECONDS, ...(signal && { signal }) });
  };
  await gone(`app=vcluster,release=${vclusterName(id)}`, 'end of the control plane');
  const workload = `vcluster.loft.sh/managed-by=${vclusterName(id)}`;
  const pods = await getObjects($, target, ['-n', namespace, 'pods', '--selector', workload]);
  if (pods.length > 0) {
    await kubectl($, target, [
      '-n',
      namespace,
      'delete',
      'pods',
      '--selector',
      workload,
      '--wait=false',
    ]);
    await gone(workload, 'end of the pods');
  }
  return pods.length;
}
