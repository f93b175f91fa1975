import { isDeepStrictEqual } from 'node:util';
import { addTenant, DEFAULT_HOST, parseTenants, type Tenant } from '@tenantry/tenants';
import { z } from 'zod';

/** A tenant as tenants.json had it, without where it was in its life. */
export const archivedTenantSchema = z.strictObject({
  id: z.string().max(63),
  name: z.string().max(1000),
  plan: z.string().max(63),
  paidThrough: z.iso.date().exactOptional(),
  hostnames: z.array(z.string().max(253)).exactOptional(),
  release: z.string().max(63).exactOptional(),
  versions: z
    .strictObject({ vcluster: z.string().max(20), kubernetes: z.string().max(20) })
    .exactOptional(),
  settings: z.record(z.string(), z.unknown()).exactOptional(),
});

export type ArchivedTenant = z.output<typeof archivedTenantSchema>;

/** What an archive keeps of a tenant's entry. */
export function archivedTenant(tenant: Tenant): ArchivedTenant {
  const { id, name, plan, paidThrough, hostnames, release, versions } = tenant;
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
    versions,
    ...(Object.keys(settings).length > 0 && { settings }),
  };
}

/** What an archive says of the tenant that comes back. */
interface Archived {
  readonly tenant: ArchivedTenant;
  /** Of the vcluster chart. */
  readonly chartVersion: string;
}

/**
 * The text of tenants.json with an archived tenant, held at zero from a day on for as long as it is being
 * restored. It names the versions that it had where it would get others.
 */
export function addHeld(
  text: string,
  { tenant: { versions, ...tenant }, chartVersion }: Archived,
  { host, pausedSince }: { readonly host: string; readonly pausedSince: string },
): string {
  const entry = {
    ...tenant,
    ...(host !== DEFAULT_HOST && { host }),
    state: 'paused',
    pausedBy: 'operator',
    pausedSince,
  };
  const added = addTenant(text, entry);
  const gets = parseTenants(added).tenants.find(({ id }) => id === tenant.id)?.versions;
  const had = { ...gets, vcluster: chartVersion, ...versions };
  return isDeepStrictEqual(gets, had) ? added : addTenant(text, { ...entry, versions: had });
}
