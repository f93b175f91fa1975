import { FIXTURE } from '@tenantry/isolation';
import { hostNamespace, SYNCED_LABEL, vclusterName } from '@tenantry/tenants';
import type { KubeObject } from '@tenantry/plan';
import type { Api } from '../kube/api-client.ts';
import { list } from '../kube/objects.ts';

/** The host's copies of what a tenant has in the fixture's namespace. */
export async function syncedObjects(
  hostApi: Api,
  id: string,
  resource: string,
  group = '/api/v1',
): Promise<readonly KubeObject[]> {
  const labels = `${SYNCED_LABEL}=${vclusterName(id)},vcluster.loft.sh/namespace=${FIXTURE}`;
  const path = `${group}/namespaces/${hostNamespace(id)}/${resource}`;
  return list(hostApi, `${path}?labelSelector=${encodeURIComponent(labels)}`);
}

/** What an object is called in the tenant's cluster. */
export function virtualName({ metadata }: KubeObject): string {
  return metadata.annotations?.['vcluster.loft.sh/object-name'] ?? '';
}

const COPIED = ['pods', 'services', 'secrets', 'configmaps', 'persistentvolumeclaims'];

/**
 * Removes from the host what has come from the fixture's namespace, once that is gone: of a pod that
 * the host refuses, the syncer forgets the token. Returns what there was.
 */
export async function removeCopiesOnHost(hostApi: Api, id: string): Promise<readonly string[]> {
  const found = await Promise.all(
    COPIED.map(async (resource) => {
      const path = `/api/v1/namespaces/${hostNamespace(id)}/${resource}`;
      return (await list(hostApi, path))
        .filter(
          ({ metadata: { name, labels } }) =>
            labels?.['vcluster.loft.sh/namespace'] === FIXTURE ||
            // Long names are cut, and end in a hash.
            name.startsWith(`${FIXTURE}-`) ||
            name.includes(`-x-${FIXTURE}-x-`),
        )
        .map(({ metadata }) => `${path}/${metadata.name}`);
    }),
  );
  const paths = found.flat();
  await Promise.all(paths.map((path) => hostApi.send({ method: 'DELETE', path })));
  return paths;
}
