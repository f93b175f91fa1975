import type { Tenant } from '@tenantry/tenants';
import { z } from 'zod';

/** A tenant as tenants.json had it, without where it was in its life. */
export const archivedTenantSchema = z.strictObject({
  id: z.string().max(63),
  name: z.string().max(1000),
  plan: z.string().max(63),
  paidThrough: z.iso.date().exactOptional(),
  hostnames: z.array(z.string().max(253)).exactOptional(),
  release: z.string().max(63).exactOptional(),
  settings: z.record(z.string(), z.unknown()).exactOptional(),
});

export type ArchivedTenant = z.output<typeof archivedTenantSchema>;

/** What an archive keeps of a tenant's entry. */
export function archivedTenant(tenant: Tenant): ArchivedTenant {
  const { id, name, plan, paidThrough, hostnames, release } = tenant;
  const settings = tenant.settings as Readonly<Record<string, unknown>>;
  // The first one follows from its id.
  const [, ...own] = hostnames;
  return {
    id,
    name,
    plan: plan.name,
    ...(paidThrough !== null && { paidThrough }),
    ...(own.length > 0 && { hostnames: own }),
    release: release.name,
    ...(Object.keys(settings).length > 0 && { settings }),
  };
}

/** Its entry in tenants.json for as long as it is being restored: held at zero from that day on. */
export function heldEntry(tenant: ArchivedTenant, pausedSince: string) {
  return { ...tenant, state: 'paused', pausedBy: 'operator', pausedSince };
}
