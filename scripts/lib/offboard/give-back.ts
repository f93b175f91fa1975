import type { Host } from '@tenantry/tenants';
import type { Context } from '../cli/run-main.ts';
import { lookAtHost } from '../cluster/look-host.ts';
import { activate } from '../dist/activate.ts';
import { resumeTenant } from '../handover/flux-objects.ts';
import { admitTenantPods } from './maintenance-mode.ts';

/**
 * Ends an offboarding that is given up where Flux deploys, which had been held off: pods of the
 * tenant are admitted again, and Flux works on it again. Interrupted, the same call takes it up again.
 * @throws UsageError, Fault where the host cannot be reached; nothing was changed then
 */
export async function giveBackToFlux(
  surroundings: Pick<Context, 'workspace' | 'report' | 'print'>,
  id: string,
  { context }: Pick<Host, 'context'>,
): Promise<void> {
  const { workspace, print } = surroundings;
  using client = await lookAtHost(workspace, context);
  await admitTenantPods(client, id);
  await resumeTenant(client, id);
  // Last: from then on nothing says that it was held.
  await activate(surroundings, id);
  print(
    `${id}: Flux brings it to what is merged again\n  → commit tenants.json and dist/ and merge it, where it is merged as offboarding`,
  );
}
