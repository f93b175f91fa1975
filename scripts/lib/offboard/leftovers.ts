import { hostNamespace, temporaryNamespace, TENANT_LABEL } from '@tenantry/tenants';
import { type KubeObject, type ObjectOf, referenceOf } from '@tenantry/plan';
import type { V1PersistentVolume } from '@tenantry/kube-library';
import { type Api, apiOf } from '../kube/api-client.ts';
import type { KubeClient } from '../kube/client.ts';
import { list, remove } from '../kube/requests.ts';
import { discover } from '../kube/api-resources.ts';
import { ListError, listPages } from '../kube/list-objects.ts';
import { type Look, poll } from '../kube/wait.ts';

/** Provisioners take a volume away some time after its claim. */
const VOLUMES_TIMEOUT_SECONDS = 90;

/**
 * Waits until nothing on the host is a tenant's any more: no namespace, with all that lay in it, no
 * volume, nothing cluster-scoped. @throws WaitError naming what stays
 */
export async function waitForNoLeftovers(
  client: KubeClient,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const api = apiOf(client);
  const look = async (): Promise<Look<void>> => {
    const left = await findLeftovers(api, id, signal);
    return left.length === 0
      ? { done: true, result: undefined }
      : { done: false, diagnostics: left.map(describe).join('\n') };
  };
  await poll(look, { what: `leftovers of ${id}`, timeoutSeconds: VOLUMES_TIMEOUT_SECONDS, signal });
}

/** The cluster-scoped objects that are one tenant's. */
export function leftoversOf(id: string, objects: readonly KubeObject[]): readonly KubeObject[] {
  const namespaces = [hostNamespace(id), temporaryNamespace(id)];
  return objects.filter((object) => {
    const { kind, metadata } = object;
    const { labels = {}, annotations = {}, name } = metadata;
    const { claimRef } = (object as ObjectOf<V1PersistentVolume>).spec ?? {};
    return (
      labels[TENANT_LABEL] === id ||
      (kind === 'Namespace' && namespaces.includes(name)) ||
      namespaces.includes(claimRef?.namespace ?? '') ||
      namespaces.includes(annotations['meta.helm.sh/release-namespace'] ?? '') ||
      // The chart's own form for what it makes outside of its namespace.
      namespaces.some((namespace) => name.endsWith(`-v-${namespace}`))
    );
  });
}

/**
 * Looks at all that the host itself stores outside of namespaces, page by page.
 * @throws ListError where some of it cannot be read: nobody can say then that nothing is left
 */
async function findLeftovers(
  api: Api,
  id: string,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const { resources, unreadable } = await discover(api, { aggregated: false, signal });
  const [first] = unreadable;
  if (first !== undefined) throw new ListError(first.name, first.reason);
  const left: KubeObject[] = [];
  for (const resource of resources) {
    const { namespaced, verbs } = resource;
    if (namespaced || !verbs.includes('list') || !verbs.includes('delete')) continue;
    for await (const page of listPages(api, resource, { signal }))
      left.push(...leftoversOf(id, page));
  }
  return left;
}

/**
 * Deletes the ClusterRoles and their bindings that Helm has made of a chart in these namespaces. The
 * host's word is taken for which these are, since what Helm has noted lies where a tenant may write.
 */
export async function deleteClusterRoles(
  client: KubeClient,
  namespaces: readonly string[],
): Promise<void> {
  const kinds = ['ClusterRole', 'ClusterRoleBinding'].map((kind) =>
    list(client, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind,
      selector: 'app.kubernetes.io/managed-by=Helm',
    }),
  );
  const objects = (await Promise.all(kinds)).flat();
  for (const object of clusterRolesOf(namespaces, objects)) await remove(client, object);
}

/** Of ClusterRoles and their bindings those that were made for one of these namespaces. */
export function clusterRolesOf(
  namespaces: readonly string[],
  objects: readonly KubeObject[],
): readonly KubeObject[] {
  return objects.filter(
    ({ kind, metadata: { annotations = {} } }) =>
      (kind === 'ClusterRole' || kind === 'ClusterRoleBinding') &&
      namespaces.includes(annotations['meta.helm.sh/release-namespace'] ?? ''),
  );
}

function describe(object: KubeObject): string {
  const { persistentVolumeReclaimPolicy } = (object as ObjectOf<V1PersistentVolume>).spec ?? {};
  return persistentVolumeReclaimPolicy === 'Retain'
    ? `${referenceOf(object)}: its class keeps volumes; kubectl delete pv ${object.metadata.name} once its data may go`
    : referenceOf(object);
}
