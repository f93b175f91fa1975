import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { type Fleet, parseTenants } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';

/** tenants.json as text and as what it says. */
export interface TenantsFile {
  readonly text: string;
  readonly fleet: Fleet;
}

/** Reads tenants.json. @throws InvalidTenants, UsageError */
export function readFleet(tenantsFile: string): Fleet {
  return readTenantsFile(tenantsFile).fleet;
}

/** As `readFleet`, with the text. What was read `before` is not parsed again where it is the same. */
export function readTenantsFile(tenantsFile: string, before?: TenantsFile): TenantsFile {
  const text = readText(tenantsFile);
  if (text === before?.text) return before;
  return { text, fleet: parseTenants(text, shown(tenantsFile)) };
}

function readText(tenantsFile: string): string {
  try {
    return readFileSync(tenantsFile, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === 'ENOENT'
        ? `${shown(tenantsFile)} is not there\n  → least form: {"tenants": [{"id": "alice", "name": "Alice"}]}`
        : `${shown(tenantsFile)} cannot be read: ${code}\n  → name another file with --tenants`,
      { cause: error },
    );
  }
}

/** A path as the user would write it. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || short === '' ? path : short;
}
