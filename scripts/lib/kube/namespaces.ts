import type { Host } from '../cluster/host.ts';
import { getObjects, type KubeObject, kubectl } from '../tools/kubectl.ts';
import { holdUps } from '@tenantry/plan';
import { poll } from './wait.ts';

const GONE_TIMEOUT_SECONDS = 180;

export async function getNamespace(
  { $, target }: Host,
  name: string,
): Promise<KubeObject | undefined> {
  return (await getObjects($, target, ['namespace', name]))[0];
}

/** Deletes a namespace with all that is in it. @throws WaitError with what holds it up */
export async function deleteNamespace(
  host: Host,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const { $, target } = host;
  await kubectl($, target, ['delete', 'namespace', name, '--ignore-not-found', '--wait=false']);
  await poll(
    async () => {
      const namespace = await getNamespace(host, name);
      return namespace === undefined
        ? { done: true, result: undefined }
        : { done: false, evidence: holdUps(namespace).join('\n') };
    },
    {
      what: `end of namespace ${name}`,
      timeoutSeconds: GONE_TIMEOUT_SECONDS,
      intervalMilliseconds: 500,
      signal,
    },
  );
}
