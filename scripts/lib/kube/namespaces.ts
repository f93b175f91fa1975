import type { Host } from '../cluster/host.ts';
import { holdUps, type KubeObject, referenceOf } from '@tenantry/plan';
import { getObjects, kubectl } from '../tools/kubectl.ts';
import { openApi } from './api-client.ts';
import { discover } from './api-resources.ts';
import { finalizedObjects, patchable, removeFinalizers } from './finalizers.ts';
import { deletePods } from './delete-pods.ts';
import { listAll, within } from './list-objects.ts';
import { FORCE_AFTER_SECONDS, podEnd } from './pod-end.ts';
import { poll } from './wait.ts';

const GONE_TIMEOUT_SECONDS = 180;

export async function getNamespace(
  { $, target }: Host,
  name: string,
): Promise<KubeObject | undefined> {
  return (await getObjects($, target, ['namespace', name]))[0];
}

/**
 * Deletes a namespace with all that is in it. Objects of the kinds that a tenant's syncer may write
 * cannot hold it up: after `FORCE_AFTER_SECONDS` pods are deleted by force and finalizers removed.
 * Returns references of what had to be treated so. @throws WaitError with what holds it up
 */
export async function deleteNamespace(
  host: Host,
  name: string,
  { state, signal }: { readonly state: string; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { $, target } = host;
  const start = performance.now();
  const forced = new Set<string>();
  await kubectl($, target, ['delete', 'namespace', name, '--ignore-not-found', '--wait=false']);
  await poll(
    async () => {
      const namespace = await getNamespace(host, name);
      if (namespace === undefined) return { done: true, result: undefined };
      const held = [...holdUps(namespace)];
      const seconds = (performance.now() - start) / 1000;
      if (seconds > FORCE_AFTER_SECONDS) {
        const objects = await objectsIn(host, name, { state, signal });
        const pods = objects.filter(({ apiVersion, kind }) => `${apiVersion} ${kind}` === 'v1 Pod');
        await deletePods(host, name, podEnd(pods, seconds));
        for (const pod of pods) forced.add(referenceOf(pod));
        const { removable, stuck } = finalizedObjects(objects);
        for (const object of removable) {
          await removeFinalizers(host, name, patchable(object));
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
  { $, target }: Host,
  namespace: string,
  { state, signal }: { readonly state: string; readonly signal: AbortSignal },
): Promise<readonly KubeObject[]> {
  await using api = await openApi($, target, state);
  const { resources } = await discover(api, { aggregated: false, signal });
  const objects: KubeObject[] = [];
  for (const { namespaced, verbs, paths, ...resource } of resources) {
    if (!namespaced || !verbs.includes('list') || !verbs.includes('delete')) continue;
    const inside = { ...resource, paths: paths.map(within(namespace)) };
    objects.push(...(await listAll(api, inside, { signal })));
  }
  return objects;
}
