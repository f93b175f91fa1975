import { holdUps, type KubeObject, type ObjectIdentity, referenceOf } from '@tenantry/plan';
import { apiOf } from './api-client.ts';
import { discover } from './api-resources.ts';
import type { KubeClient } from './client.ts';
import { deletePods } from './delete-pods.ts';
import { finalizedObjects, removeFinalizers } from './finalizers.ts';
import { listAll, within } from './list-objects.ts';
import { FORCE_AFTER_SECONDS, podEnd } from './pod-end.ts';
import { read, remove } from './requests.ts';
import { poll } from './wait.ts';

const GONE_TIMEOUT_SECONDS = 180;

/** A namespace, or null where there is none. @throws ApiError */
export function readNamespace(client: KubeClient, name: string): Promise<KubeObject | null> {
  return read(client, namespaceOf(name));
}

function namespaceOf(name: string): ObjectIdentity {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/**
 * Deletes a namespace with all that is in it. Objects of the kinds that a tenant's syncer may write
 * cannot hold it up: after `FORCE_AFTER_SECONDS` pods are deleted by force and finalizers removed.
 * Returns references of what had to be treated so. @throws WaitError with what holds it up
 */
export async function deleteNamespace(
  client: KubeClient,
  name: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const start = performance.now();
  const forced = new Set<string>();
  await remove(client, namespaceOf(name));
  await poll(
    async () => {
      const namespace = await readNamespace(client, name);
      if (namespace === null) return { done: true, result: undefined };
      const held = [...holdUps(namespace)];
      const seconds = (performance.now() - start) / 1000;
      if (seconds > FORCE_AFTER_SECONDS) {
        const objects = await objectsIn(client, name, signal);
        const pods = objects.filter(({ apiVersion, kind }) => `${apiVersion} ${kind}` === 'v1 Pod');
        await deletePods(client, name, podEnd(pods, seconds));
        for (const pod of pods) forced.add(referenceOf(pod));
        const { removable, stuck } = finalizedObjects(objects);
        for (const object of removable) {
          await removeFinalizers(client, object);
          forced.add(referenceOf(object));
        }
        held.push(...stuck);
      }
      return { done: false, diagnostics: held.join('\n') };
    },
    {
      what: `end of namespace ${name}`,
      timeoutSeconds: GONE_TIMEOUT_SECONDS,
      intervalMilliseconds: 500,
      signal,
    },
  );
  return [...forced].sort();
}

/** All that is left in a namespace, of every kind that the host lists. */
async function objectsIn(
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const api = apiOf(client);
  const { resources } = await discover(api, { aggregated: false, signal });
  const objects: KubeObject[] = [];
  for (const { namespaced, verbs, paths, ...resource } of resources) {
    if (!namespaced || !verbs.includes('list') || !verbs.includes('delete')) continue;
    const inside = { ...resource, paths: paths.map(within(namespace)) };
    objects.push(...(await listAll(api, inside, { signal })));
  }
  return objects;
}
