import type { ObjectIdentity } from '@tenantry/plan';
import type { KubeClient } from './client.ts';
import { removeFinalizers } from './finalizers.ts';
import type { PodEnd } from './pod-end.ts';
import { remove } from './requests.ts';

/** Deletes first: to what is being deleted nobody can add a finalizer. Waits for nothing. */
export async function deletePods(
  client: KubeClient,
  namespace: string,
  { deletions, finalized }: PodEnd,
): Promise<void> {
  const pod = (name: string): ObjectIdentity => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name },
  });
  for (const [gracePeriodSeconds, names] of deletions) {
    await Promise.all(names.map((name) => remove(client, pod(name), { gracePeriodSeconds })));
  }
  for (const name of finalized) await removeFinalizers(client, pod(name));
}
