import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TenantManifest } from '@tenantry/manifests';
import { isId, LAST_WAVE, STATES, suggest } from '@tenantry/tenants';
import { workload } from '@tenantry/workload';
import { load, loadAll } from 'js-yaml';
import { z } from 'zod';
import type { KubeObject } from '@tenantry/plan';
import { HOST_WIDE } from './ownership.ts';
import { isHidden } from './read-directory.ts';
import { UsageError } from '../cli/errors.ts';

/** A tenant's directory of dist/ as a command reads it. */
export interface TenantDist extends TenantManifest {
  readonly hostObjects: readonly KubeObject[];
  readonly virtualObjects: readonly KubeObject[];
  /** Path of the vcluster's values. */
  readonly valuesFile: string;
  readonly values: unknown;
}

const OUR_ENTRIES: ReadonlySet<string> = new Set(['tenant.json', 'vcluster.yaml', 'host', 'virtual']);

const manifestSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(STATES),
  plan: z.string(),
  settings: z.record(z.string(), z.unknown()).default({}),
  hostContext: z.string(),
  image: z.string(),
  images: z.record(z.string(), z.string()).optional(),
  chartVersion: z.string(),
  wave: z.object({ name: z.string(), order: z.int() }).default(LAST_WAVE),
});

/**
 * Reads dist/, or the part of it that `ids` names.
 * @throws UsageError where dist/ is missing or unreadable, or an id is not in it
 */
export function readTenants(dist: string, ids: readonly string[] = []): readonly TenantDist[] {
  const known = tenantIds(dist);
  if (known.length === 0) {
    throw new UsageError(`${dist} holds no tenants\n  → run pnpm synth first`);
  }
  for (const id of ids) {
    if (known.includes(id)) continue;
    const near = suggest(id, known);
    throw new UsageError(
      `no tenant ${JSON.stringify(id)} in ${dist}\n  → ${near === null ? 'see pnpm status' : `did you mean ${near}?`}`,
    );
  }
  return (ids.length === 0 ? known : [...new Set(ids)]).map((id) => readTenant(dist, id));
}

/** The host context that dist/ names; null where it holds no tenants. @throws UsageError */
export function namedContext(dist: string): string | null {
  return tenantIds(dist).length === 0 ? null : hostContextOf(readTenants(dist));
}

/** The directories of tenants. Copies, notes and the like beside them are passed over. */
function tenantIds(dist: string): readonly string[] {
  if (!existsSync(dist)) return [];
  const entries = readdirSync(dist, { withFileTypes: true }).filter(
    ({ name }) => isId(name) && name !== HOST_WIDE,
  );
  const link = entries.find((entry) => entry.isSymbolicLink());
  if (link !== undefined) {
    throw new UsageError(
      `${join(dist, link.name)} is a link, which is not followed\n  → remove it, then run pnpm synth`,
    );
  }
  const names = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  return [...names].filter((name) => !isCopyOrEmpty(dist, name, names)).sort();
}

/** Whether a directory holds nothing of ours, or what is another tenant's, who has a directory too. */
function isCopyOrEmpty(dist: string, name: string, names: ReadonlySet<string>): boolean {
  const directory = join(dist, name);
  if (!readdirSync(directory).some((entry) => OUR_ENTRIES.has(entry))) return true;
  try {
    const { id } = JSON.parse(readFileSync(join(directory, 'tenant.json'), 'utf8')) as {
      id?: unknown;
    };
    return typeof id === 'string' && id !== name && names.has(id);
  } catch {
    // Damaged or gone: who reads the tenant says so.
    return false;
  }
}

/** The host-wide objects of dist/_host. */
export function readHostWide(dist: string): readonly KubeObject[] {
  return readObjects(join(dist, HOST_WIDE));
}

function readTenant(dist: string, id: string): TenantDist {
  const directory = join(dist, id);
  const valuesFile = join(directory, 'vcluster.yaml');
  try {
    const { images, ...manifest } = manifestSchema.parse(
      JSON.parse(readFileSync(join(directory, 'tenant.json'), 'utf8')),
    );
    if (manifest.id !== id) throw new Error(`its tenant.json is that of ${manifest.id}`);
    return {
      ...manifest,
      images: images ?? onlyImage(manifest.image),
      hostObjects: readObjects(join(directory, 'host')),
      virtualObjects: readObjects(join(directory, 'virtual')),
      valuesFile,
      values: load(readFileSync(valuesFile, 'utf8'), { maxAliases: 0 }),
    };
  } catch (error) {
    throw new UsageError(`${directory} cannot be read: ${String(error)}\n  → run pnpm synth`, {
      cause: error,
    });
  }
}

/** The one image of a workload that has one. */
function onlyImage(image: string): Readonly<Record<string, string>> {
  const [name, ...others] = Object.keys(workload.images);
  if (name === undefined || others.length > 0) {
    throw new Error('its tenant.json is of a workload with one image');
  }
  return { [name]: image };
}

function readObjects(directory: string): readonly KubeObject[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith('.yaml') && !isHidden(file))
    .sort()
    .flatMap(
      (file) =>
        loadAll(readFileSync(join(directory, file), 'utf8'), {
          filename: file,
          maxAliases: 0,
        }) as readonly KubeObject[],
    );
}

/** The one context that the given tenants live on. @throws UsageError where there are several */
export function hostContextOf(tenants: readonly TenantManifest[]): string {
  const contexts = [...new Set(tenants.map(({ hostContext }) => hostContext))];
  if (contexts.length > 1) {
    throw new UsageError(
      `dist/ names several host contexts: ${contexts.join(', ')}\n  → run pnpm synth`,
    );
  }
  return contexts[0] ?? '';
}
