import type { HostManifest } from '@tenantry/manifests';
import type { Host } from '@tenantry/tenants';
import { Fault, UsageError } from '../cli/errors.ts';
import type { Workspace } from '../cli/workspace.ts';
import { findHostApi } from '../cluster/look-host.ts';
import { isFluxAtWork } from '../handover/flux-objects.ts';
import type { KubeClient } from '../kube/client.ts';

export const HAND_BACK = 'pnpm handover deploy first, to give the host back to pnpm deploy';

const FINISH =
  'git pull, where the handover is merged; else pnpm handover flux, which takes up one that was interrupted, or pnpm handover deploy, which takes the host back; tenants.json is as it was';

/**
 * Refuses to write to hosts where Flux does: it would put things back, and each would take fields
 * from the other. @throws UsageError with what to do in place of it
 */
export function refuseFlux(
  hosts: readonly Pick<HostManifest, 'context' | 'engine'>[],
  todo: string,
): void {
  const contexts = hosts.filter(({ engine }) => engine === 'flux').map(({ context }) => context);
  if (contexts.length === 0) return;
  throw new UsageError(
    `Flux applies dist/ to ${contexts.join(', ')}; nothing was changed\n  → ${todo}`,
  );
}

/**
 * Refuses likewise where Flux is at work whatever dist/ says, as a handover leaves it that was
 * interrupted: two that apply dist/ would undo each other's work. @throws Fault, ApiError
 */
export async function refuseFluxAtWork(
  client: KubeClient,
  host: string,
  todo: string,
): Promise<void> {
  if (!(await isFluxAtWork(client))) return;
  throw new Fault({
    what: `${host} was left alone`,
    why: 'Flux applies dist/ there, as it lies in the registry',
    todo,
  });
}

/**
 * Refuses either before tenants.json is edited for a deploy that would be refused. A cluster of ours
 * that does not run has nobody at work; deploy, which starts it, looks again.
 * @throws UsageError with `todo`, Fault, ApiError
 */
export async function refuseOtherEngine(
  places: Pick<Workspace, 'cluster' | 'kubeconfig'>,
  host: Pick<Host, 'name' | 'context' | 'engine'>,
  todo: string,
): Promise<void> {
  refuseFlux([host], todo);
  const found = await findHostApi(places, host.context);
  if ('down' in found) return;
  using client = found;
  await refuseFluxAtWork(client, host.name, FINISH);
}
