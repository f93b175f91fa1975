import { realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import {
  type Fleet,
  parseTenants,
  pausedByOperator,
  setTenantKeys,
  stateFields,
  suggest,
  type Tenant,
} from '@tenantry/tenants';
import { today } from '../cli/dates.ts';
import { UsageError } from '../cli/errors.ts';
import { withDistLock } from './lock.ts';
import { replaceFile } from './replace-file.ts';
import { type Places, writeDist } from './synth.ts';
import { readTenantsFile } from './tenants-file.ts';

/** What an edit makes of the text of tenants.json, with whatever its caller wants to know of it. */
export interface Edit {
  readonly text: string;
}

/**
 * Edits tenants.json, byte for byte as it was where `edit` leaves it alone, and brings dist/ to it:
 * both, or neither where anything refuses. `edit` decides from the text as it is when nobody else
 * writes it, so that two edits at once lose nothing; it may be asked twice. Where the text stays the
 * same, dist/ is brought to it all the same: an interrupted edit is finished.
 * @throws InvalidTenants, UsageError where the file or dist/, as they are or would be, are no good
 */
export async function editTenants<E extends Edit>(
  places: Places,
  edit: (text: string, fleet: Fleet) => E,
  print: (line: string) => void,
): Promise<E> {
  return editUnderLock(places, edit, async ({ before, after, fleet }) => {
    await writeDist(places, fleet, print, () => {
      if (after !== before) replaceTenantsFile(places.tenantsFile, after);
    });
  });
}

/** As `editTenants`, where dist/ does not depend on what is edited. */
export async function editTenantsOnly<E extends Edit>(
  places: Pick<Places, 'tenantsFile' | 'state'>,
  edit: (text: string, fleet: Fleet) => E,
): Promise<E> {
  return editUnderLock(places, edit, async ({ before, after }) => {
    if (after !== before) replaceTenantsFile(places.tenantsFile, after);
  });
}

interface Edited {
  readonly before: string;
  readonly after: string;
  /** What `after` says. */
  readonly fleet: Fleet;
}

async function editUnderLock<E extends Edit>(
  { tenantsFile, state }: Pick<Places, 'tenantsFile' | 'state'>,
  edit: (text: string, fleet: Fleet) => E,
  write: (edited: Edited) => Promise<void>,
): Promise<E> {
  const decide = () => {
    const { text, fleet } = readTenantsFile(tenantsFile);
    const result = edit(text, fleet);
    const name = `${basename(tenantsFile)} (as it would be)`;
    const after = result.text === text ? fleet : parseTenants(result.text, name);
    return { result, edited: { before: text, after: result.text, fleet: after } };
  };
  // What refuses, refuses before anything is touched.
  decide();
  return withDistLock(state, async () => {
    const { result, edited } = decide();
    await write(edited);
    return result;
  });
}

function replaceTenantsFile(tenantsFile: string, text: string): void {
  // A link stays one, and leads to the new text.
  const path = realpathSync(tenantsFile);
  replaceFile(path, text, statSync(path).mode & 0o777);
}

/** The text with tenants in the states that they now have; of the others nothing changes. */
export function withStates(text: string, tenants: readonly Tenant[]): string {
  return setTenantKeys(text, new Map(tenants.map((tenant) => [tenant.id, stateFields(tenant)])));
}

/** The text with a tenant held paused, where it was active. */
export function withPaused(text: string, fleet: Fleet, id: string): string {
  const tenant = findTenant(fleet, id);
  return tenant.state === 'active' ? withStates(text, [pausedByOperator(tenant, today())]) : text;
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
