import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isId, suggest } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';
import { shown } from '../dist/tenants-file.ts';
import { parseSecrets, type SecretsFile } from './secrets-file.ts';

/** What may lie beside them: the rules by which sops encrypts. */
const SOPS_CONFIG = '.sops.yaml';

/** Where a tenant's Secrets are. */
export function secretsPath(directory: string, id: string): string {
  return join(directory, `${id}.yaml`);
}

/**
 * Reads secrets/ without decrypting it, by tenant; there may be none.
 * @throws UsageError where there is anything in it that is not encrypted, or is no Secret
 */
export function readSecrets(directory: string): ReadonlyMap<string, SecretsFile> {
  const files = new Map<string, SecretsFile>();
  const faults: string[] = [];
  for (const name of namesIn(directory)) {
    const path = join(directory, name);
    const id = basename(name, '.yaml');
    if (!name.endsWith('.yaml') || !isId(id)) {
      faults.push(`${shown(path)} is no <id>.yaml of a tenant`);
      continue;
    }
    const file = parseSecrets(path, readFileSync(path, 'utf8'));
    if ('faults' in file) faults.push(...file.faults.map((fault) => `${shown(path)}: ${fault}`));
    else files.set(id, file);
  }
  if (faults.length === 0) return files;
  throw new UsageError(
    `${faults.join('\n')}\n` +
      '  → pnpm secret edit ID mends what is encrypted; encrypt what is in clear (sops encrypt --in-place FILE)\n' +
      '    or move it away, and where it was committed, change its values',
  );
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name !== SOPS_CONFIG)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** @throws UsageError where a file is of a tenant that is not known */
export function refuseUnknown(
  files: ReadonlyMap<string, SecretsFile>,
  known: readonly string[],
): void {
  const ids = new Set(known);
  for (const [id, { path }] of files) {
    if (ids.has(id)) continue;
    const near = suggest(id, known);
    throw new UsageError(
      `${shown(path)} is of no tenant\n  → ${near === null ? 'remove it, or bring the tenant back' : `did you mean ${near}.yaml?`}`,
    );
  }
}
