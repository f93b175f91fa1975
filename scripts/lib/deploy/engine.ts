import type { HostManifest } from '@tenantry/manifests';
import { UsageError } from '../cli/errors.ts';

export const HAND_BACK = 'pnpm handover deploy first, to give the host back to pnpm deploy';

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
