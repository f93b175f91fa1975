import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostManifest, TenantManifest } from '@tenantry/manifests';
import {
  DEFAULT_ENGINE,
  DEFAULT_HOST,
  ENGINES,
  FLUX_DIRECTORY,
  FLUX_NAMESPACE,
  FLUX_ROOT,
  HOST_DIRECTORY,
  hostNamespace,
  HOSTS_DIRECTORY,
  isId,
  LAST_WAVE,
  STATES,
  suggest,
} from '@tenantry/tenants';
import { workload } from '@tenantry/workload';
import { load, loadAll } from 'js-yaml';
import { z } from 'zod';
import type { KubeObject } from '@tenantry/plan';
import { isHidden } from './read-directory.ts';
import { UsageError } from '../cli/errors.ts';

/** A tenant's directory of dist/ as a command reads it. */
export interface TenantDist extends TenantManifest {
  readonly hostObjects: readonly KubeObject[];
  readonly virtualObjects: readonly KubeObject[];
  /** What Flux has on the host to hold a paused tenant, within the tenant's namespace. */
  readonly pauseObjects: readonly KubeObject[];
  /** Path of the vcluster's values. */
  readonly valuesFile: string;
  readonly values: unknown;
}

/** A host as a command reads it. */
export interface HostDist extends HostManifest {
  /** What all tenants share. */
  readonly hostWide: readonly KubeObject[];
}

const hostSchema = z.object({
  name: z.string(),
  context: z.string(),
  engine: z.enum(ENGINES).default(DEFAULT_ENGINE),
});

const HOST_FILE = 'host.json';

const OUR_ENTRIES: ReadonlySet<string> = new Set(['tenant.json', 'vcluster.yaml', 'host', 'virtual']);

const manifestSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(STATES),
  plan: z.string(),
  settings: z.record(z.string(), z.unknown()).default({}),
  host: z.string().default(DEFAULT_HOST),
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

/** The contexts of the hosts of dist/; none where it holds no tenants. @throws UsageError */
export function namedContexts(dist: string): readonly string[] {
  return tenantIds(dist).length === 0
    ? []
    : readHosts(dist, readTenants(dist)).map(({ context }) => context);
}

/** A host with its tenants. */
export interface HostTenants extends HostDist {
  readonly all: readonly TenantDist[];
  /** Those that are asked for. */
  readonly tenants: readonly TenantDist[];
  /** The other hosts. */
  readonly others: readonly HostManifest[];
}

/**
 * Reads dist/ host by host: all of them, or those of the tenants that `ids` names, or the one that
 * `named` does. @throws UsageError
 */
export function readByHost(
  dist: string,
  ids: readonly string[],
  named: string | undefined,
): readonly HostTenants[] {
  const all = readTenants(dist);
  const asked = ids.length === 0 ? all : readTenants(dist, ids);
  const hosts = readHosts(dist, all);
  const on = (tenants: readonly TenantDist[], { name }: HostDist) =>
    tenants.filter(({ host }) => host === name);
  const chosen = named === undefined ? hosts : [hostNamed(hosts, named)];
  const elsewhere = asked.find(({ host }) => chosen.every(({ name }) => name !== host));
  if (ids.length > 0 && elsewhere !== undefined) {
    throw new UsageError(
      `${elsewhere.id} lives on ${elsewhere.host}, not on ${named}\n  → leave out --host`,
    );
  }
  return chosen
    .map((host) => ({
      ...host,
      all: on(all, host),
      tenants: on(asked, host),
      others: hosts.filter((other) => other !== host),
    }))
    .filter(({ tenants }) => ids.length === 0 || tenants.length > 0);
}

function hostNamed(hosts: readonly HostDist[], named: string): HostDist {
  const found = hosts.find(({ name }) => name === named);
  if (found !== undefined) return found;
  const names = hosts.map(({ name }) => name);
  const near = suggest(named, names);
  const hint = near === null ? `known: ${names.join(', ')}` : `did you mean ${near}?`;
  throw new UsageError(`no host ${JSON.stringify(named)} in dist/\n  → ${hint}`);
}

/** The directories of tenants. Copies, notes and the like beside them are passed over. */
export function tenantIds(dist: string): readonly string[] {
  if (!existsSync(dist)) return [];
  const entries = readdirSync(dist, { withFileTypes: true }).filter(
    ({ name }) => isId(name),
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

/** The hosts of dist/, by name; the only one is named as its tenants say. @throws UsageError */
function readHosts(dist: string, tenants: readonly TenantManifest[]): readonly HostDist[] {
  const several = join(dist, HOSTS_DIRECTORY);
  if (!existsSync(several)) return [onlyHost(dist, tenants)];
  const hosts = readdirSync(several)
    .filter((name) => !isHidden(name))
    .sort()
    .map((name) => readHost(join(several, name), name));
  for (const { id, host, hostContext } of tenants) {
    const known = hosts.find(({ name }) => name === host);
    if (known?.context === hostContext) continue;
    throw new UsageError(
      `${join(dist, id)} is for host ${host}, context ${hostContext}, which ${several} has not\n  → run pnpm synth`,
    );
  }
  return hosts;
}

function onlyHost(dist: string, tenants: readonly TenantManifest[]): HostDist {
  const [name = DEFAULT_HOST, ...others] = new Set(tenants.map(({ host }) => host));
  const [context = '', ...contexts] = new Set(tenants.map(({ hostContext }) => hostContext));
  if (others.length + contexts.length > 0) {
    throw new UsageError(
      `${dist} names several hosts: ${[name, ...others].join(', ')} (${[context, ...contexts].join(', ')})\n  → run pnpm synth`,
    );
  }
  const directory = join(dist, HOST_DIRECTORY);
  return existsSync(join(directory, HOST_FILE))
    ? readHost(directory, name)
    : { name, context, engine: DEFAULT_ENGINE, hostWide: readObjects(directory) };
}

/**
 * What Flux on a host begins with: the source of dist/ and the Kustomization that applies all others.
 * @throws UsageError where dist/ has nothing for Flux there
 */
export function fluxRoot(
  dist: string,
  { name, others }: Pick<HostTenants, 'name' | 'others'>,
): { readonly source: KubeObject; readonly kustomization: KubeObject } {
  const directory = join(dist, FLUX_DIRECTORY, ...(others.length === 0 ? [] : [name]));
  const root = readObjects(directory).filter(
    ({ metadata }) => metadata.namespace === FLUX_NAMESPACE && metadata.name === FLUX_ROOT,
  );
  const source = root.find(({ kind }) => kind === 'OCIRepository');
  const kustomization = root.find(({ kind }) => kind === 'Kustomization');
  if (source === undefined || kustomization === undefined) {
    throw new UsageError(
      `dist/ has nothing for Flux on ${name}; nothing was changed\n  → set flux of that host in tenants.json, then pnpm synth and pnpm deploy`,
    );
  }
  return { source, kustomization };
}

function readHost(directory: string, name: string): HostDist {
  try {
    const manifest = hostSchema.parse(
      JSON.parse(readFileSync(join(directory, HOST_FILE), 'utf8')),
    );
    if (manifest.name !== name) throw new Error(`its ${HOST_FILE} is that of ${manifest.name}`);
    return { ...manifest, hostWide: readObjects(directory) };
  } catch (error) {
    throw unreadable(directory, error);
  }
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
      pauseObjects: readObjects(join(fluxDirectory(dist, manifest), 'pause')).filter(
        ({ metadata }) => metadata.namespace === hostNamespace(id),
      ),
      valuesFile,
      values: load(readFileSync(valuesFile, 'utf8'), { maxAliases: 0 }),
    };
  } catch (error) {
    throw unreadable(directory, error);
  }
}

/** The tenant's directory of what Flux reads. */
function fluxDirectory(dist: string, { id, host }: Pick<TenantManifest, 'id' | 'host'>): string {
  const ofHost = existsSync(join(dist, HOSTS_DIRECTORY)) ? [host] : [];
  return join(dist, FLUX_DIRECTORY, ...ofHost, id);
}

function unreadable(directory: string, error: unknown): UsageError {
  return new UsageError(`${directory} cannot be read: ${String(error)}\n  → run pnpm synth`, {
    cause: error,
  });
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
