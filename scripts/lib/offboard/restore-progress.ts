import { hostNamespace } from '@tenantry/tenants';
import type { KubeClient } from '../kube/client.ts';
import { readNamespace } from '../kube/namespaces.ts';
import { apply } from '../kube/requests.ts';

/** On a namespace into which something is being restored: its digest, and how far it is. */
const PROGRESS = 'tenantry.dev/restoring';
const PROGRESS_MANAGER = 'tenantry-restore';

/** What is being restored into a tenant's namespace; empty for nothing, null where there is no namespace. */
export async function progressOf(host: KubeClient, id: string): Promise<string | null> {
  const namespace = await readNamespace(host, hostNamespace(id));
  if (namespace === null) return null;
  return namespace.metadata.annotations?.[PROGRESS] ?? '';
}

export async function setProgress(
  host: KubeClient,
  id: string,
  progress: string | null,
): Promise<void> {
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: hostNamespace(id),
      ...(progress !== null && { annotations: { [PROGRESS]: progress } }),
    },
  };
  await apply(host, namespace, { force: false, fieldManager: PROGRESS_MANAGER });
}

/** Takes the mark away that a restore has left. */
export async function forgetRestore(host: KubeClient, id: string): Promise<void> {
  await setProgress(host, id, null);
}
