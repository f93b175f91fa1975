import type { Host } from '@tenantry/tenants';
import type { Context } from '../cli/run-main.ts';
import { lookAtHost } from '../cluster/look-host.ts';
import { activate } from '../dist/activate.ts';
import { resumeTenant } from '../handover/flux-objects.ts';
import { admitTenantPods } from './maintenance-mode.ts';

/**
 * Ends an offboarding that is given up where Flux deploys, which had been held off: pods of the
 * tenant are admitted again, and Flux works on it again. Returns false where Flux was not held off.
 * @throws UsageError, Fault where the host cannot be reached; nothing was changed then
 */
export async function giveBackToFlux(
  surroundings: Pick<Context, 'workspace' | 'report' | 'print'>,
  id: string,
  { context }: Pick<Host, 'context'>,
): Promise<boolean> {
  const { workspace, print } = surroundings;
  using client = await lookAtHost(workspace, context);
  // Before: without it Flux's pods of the tenant were refused.
  await admitTenantPods(client, id);
  if (!(await resumeTenant(client, id))) return false;
  await activate(surroundings, id);
  print(
    `${id}: Flux brings it to what is merged again\n  → commit tenants.json and dist/ and merge it, where it is merged as offboarding`,
  );
  return true;
}
