import { vclusterVersions } from '@tenantry/sealed/tenant-versions';
import type { Fleet } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';
import type { Manifest } from './archive.ts';

/** @throws UsageError where the archive is another tenant's, or of a version that is not pinned here */
export function checkManifest(
  id: string,
  { tenant, chartVersion }: Manifest,
  { tenants }: Pick<Fleet, 'tenants'>,
): void {
  if (tenant.id !== id) {
    throw new UsageError(
      `the archive is of ${tenant.id}, not of ${id}; nothing was changed\n  → pnpm restore ${tenant.id} --from …`,
    );
  }
  const there = tenants.find((each) => each.id === id);
  if (there !== undefined && there.name !== tenant.name) {
    throw new UsageError(
      `${id} in tenants.json is ${JSON.stringify(there.name)}, the archive is of ${JSON.stringify(tenant.name)}; nothing was changed\n  → a new tenant gets none of the old one's data`,
    );
  }
  if (!Object.hasOwn(vclusterVersions, chartVersion)) {
    throw new UsageError(
      `the archive is of vcluster ${chartVersion}, which is not pinned here; nothing was changed\n  → restore it with a commit of this repository that has it, then upgrade`,
    );
  }
  if (there !== undefined && there.versions.vcluster !== chartVersion) {
    throw new UsageError(
      `the archive is of vcluster ${chartVersion}, and ${id} in tenants.json has ${there.versions.vcluster}; nothing was changed\n  → "versions": { "vcluster": ${JSON.stringify(chartVersion)} } for ${id}, then upgrade`,
    );
  }
}
