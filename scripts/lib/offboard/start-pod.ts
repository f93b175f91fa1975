import { type KubeObject, referenceOf } from '@tenantry/plan';
import { ApiError, type KubeClient } from '../kube/client.ts';
import { apply } from '../kube/requests.ts';
import { type Look, poll } from '../kube/wait.ts';

const TIMEOUT_SECONDS = 60;

/** Makes a pod. A quota goes on counting one that has just ended for a moment, which is waited for. */
export async function startPod(
  client: KubeClient,
  pod: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  const look = async (): Promise<Look<void>> => {
    try {
      await apply(client, pod, { force: false });
      return { done: true, result: undefined };
    } catch (error) {
      const isCounted = error instanceof ApiError && /exceeded quota/.test(error.message);
      if (!isCounted) throw error;
      return { done: false, diagnostics: error.message };
    }
  };
  const what = referenceOf(pod);
  await poll(look, { what, timeoutSeconds: TIMEOUT_SECONDS, intervalMilliseconds: 300, signal });
}
