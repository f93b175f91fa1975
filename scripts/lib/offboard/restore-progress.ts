import { type RestoreProgress, restoreProgressText, unfinishedRestore } from '@tenantry/plan';
import { hostNamespace, RESTORING_ANNOTATION } from '@tenantry/tenants';
import { ExpectedError } from '../cli/errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { readNamespace } from '../kube/namespaces.ts';
import { apply } from '../kube/requests.ts';

const FIELD_MANAGER = 'tenantry-restore';

/** Notes on a tenant's namespace how far a restore into it is; null takes the note away. */
export async function setProgress(
  host: KubeClient,
  id: string,
  progress: RestoreProgress | null,
): Promise<void> {
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: hostNamespace(id),
      ...(progress !== null && {
        annotations: { [RESTORING_ANNOTATION]: restoreProgressText(progress) },
      }),
    },
  };
  await apply(host, namespace, { force: false, fieldManager: FIELD_MANAGER });
}

/**
 * Called before a control plane at zero is started for what it knows: its syncer would delete what it
 * does not know. @throws ExpectedError where a restore into the tenant has not ended
 */
export async function mustBeRestored(host: KubeClient, id: string): Promise<void> {
  if (unfinishedRestore(await readNamespace(host, hostNamespace(id))) === null) return;
  throw new ExpectedError(
    'its data is not all there: a restore into it has not ended, and is to be run again first',
  );
}
