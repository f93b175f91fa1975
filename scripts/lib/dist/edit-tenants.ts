import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import {
  type Fleet,
  lifeKeys,
  parseTenants,
  setTenantKeys,
  suggest,
  type Tenant,
} from '@tenantry/tenants';
import { replaceFile } from './write.ts';
import { UsageError } from '../cli/errors.ts';
import { readFleet } from './synth.ts';
import type { Workspace } from '../cli/workspace.ts';

/**
 * Edits the text of tenants.json in place, byte for byte where `edit` leaves it alone. What comes
 * out is parsed before it is written. Returns whether anything changed.
 * @throws InvalidTenants, UsageError where the file as it is or as it would be is no good
 */
export function editTenantsFile(
  { tenantsFile }: Pick<Workspace, 'tenantsFile'>,
  edit: (text: string, fleet: Fleet) => string,
): boolean {
  const fleet = readFleet(tenantsFile);
  const before = readFileSync(tenantsFile, 'utf8');
  const after = edit(before, fleet);
  if (after === before) return false;
  parseTenants(after, `${basename(tenantsFile)} (as it would be)`);
  // A link stays one, and leads to the new text.
  const path = realpathSync(tenantsFile);
  replaceFile(path, after, statSync(path).mode & 0o777);
  return true;
}

/** The text with tenants where they now are in their lives; of the others nothing changes. */
export function withLives(text: string, tenants: readonly Tenant[]): string {
  return setTenantKeys(text, new Map(tenants.map((tenant) => [tenant.id, lifeKeys(tenant)])));
}

/** The tenant of that id. @throws UsageError with a suggestion */
export function findTenant({ tenants }: Pick<Fleet, 'tenants'>, id: string): Tenant {
  const tenant = tenants.find((candidate) => candidate.id === id);
  if (tenant !== undefined) return tenant;
  const ids = tenants.map((candidate) => candidate.id);
  const near = suggest(id, ids);
  const hint = near === null ? `known: ${ids.join(', ') || 'none'}` : `did you mean ${near}?`;
  throw new UsageError(`no tenant ${JSON.stringify(id)} in tenants.json\n  → ${hint}`);
}
