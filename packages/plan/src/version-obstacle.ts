import { valueAt } from '@tenantry/tenants';
import type { ObservedTenant } from './observed.ts';
import type { Obstacle } from './preconditions.ts';
import { minorSteps } from './risks/versions.ts';
import type { WantedTenant } from './wanted.ts';

/** Where the values say which Kubernetes a tenant's cluster is of. */
export const KUBERNETES_TAG = ['controlPlane', 'distro', 'k8s', 'image', 'tag'] as const;

/**
 * Whether a living tenant would skip a minor of vcluster or Kubernetes, each of which reads the data
 * of the one before alone. What lives is known from deploy's own notes, and from Helm's record where
 * it is the one that deploy left: what a tenant writes stops no upgrade.
 */
export function versionObstacle(
  { id, chartVersion, values }: Pick<WantedTenant, 'id' | 'chartVersion' | 'values'>,
  { record, release }: Pick<ObservedTenant, 'record' | 'release'>,
): Obstacle | null {
  const { newest = null } = release.records ?? {};
  const live = newest?.digest === record.inventory.release ? newest?.values : undefined;
  const skipped = [
    minorSteps('vcluster', record.release?.chart.replace(/^vcluster-/, ''), chartVersion),
    minorSteps('Kubernetes', valueAt(live, KUBERNETES_TAG), valueAt(values, KUBERNETES_TAG)),
  ].flatMap((steps) => steps.skipped);
  if (skipped.length === 0) return null;
  return {
    what: `${id} would skip a minor; nothing was written`,
    why: `${skipped.join('; ')}: each reads the data of the minor before it, and of no older one`,
    todo: `name each minor in between as the versions of ${id} in tenants.json first, with pnpm synth and pnpm deploy ${id} for each`,
  };
}
