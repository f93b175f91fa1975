import type { Fleet } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';
import type { Manifest } from './archive.ts';

/**
 * @param chartVersion of the vcluster chart that the tenant would get
 * @throws UsageError where the archive is another tenant's, or of another version
 */
export function checkManifest(
  id: string,
  { tenant, chartVersion: archived }: Manifest,
  { tenants }: Pick<Fleet, 'tenants'>,
  chartVersion: string,
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
  if (archived !== chartVersion) {
    throw new UsageError(
      `the archive is of vcluster ${archived}, and would be restored into ${chartVersion}, which nobody has tried; nothing was changed\n  → restore it with a commit of this repository that has vcluster ${archived}, then upgrade`,
    );
  }
}
