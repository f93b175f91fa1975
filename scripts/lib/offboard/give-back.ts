import { hostNamespace } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';
import type { Context } from '../cli/run-main.ts';
import { activate } from '../dist/activate.ts';
import { isSuspended, resumeTenant } from '../handover/flux-objects.ts';
import type { KubeClient } from '../kube/client.ts';
import { readNamespace } from '../kube/namespaces.ts';
import { admitTenantPods } from './maintenance-mode.ts';

/**
 * Ends an offboarding that is given up where Flux deploys, which was held off the tenant: its pods are
 * admitted again, and Flux works on it again. Returns false where Flux is not held off. Interrupted,
 * the same call takes it up again.
 * @throws UsageError where the tenant is being deleted; nothing was changed then
 */
export async function giveBackToFlux(
  surroundings: Pick<Context, 'workspace' | 'report' | 'print'>,
  client: KubeClient,
  id: string,
): Promise<boolean> {
  if (!(await isSuspended(client, id))) return false;
  const namespace = await readNamespace(client, hostNamespace(id));
  if (namespace === null || namespace.metadata.deletionTimestamp !== undefined) {
    throw new UsageError(
      `${id} is being deleted, which nothing takes back; nothing was changed\n  → pnpm offboard ${id} finishes it, then pnpm restore ${id} --from archives/${id}-….tar brings it back`,
    );
  }
  // First: what Flux starts while the quota is there is refused, and tried again late.
  await admitTenantPods(client, id);
  await activate(surroundings, id);
  await resumeTenant(client, id);
  surroundings.print(
    `${id}: Flux brings it to what is merged again\n  → where git shows tenants.json or dist/ as changed, commit and merge them: until then it stays as it is merged`,
  );
  return true;
}
