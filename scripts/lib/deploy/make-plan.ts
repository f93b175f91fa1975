import {
  type Dist,
  type Observed,
  type Plan,
  plan,
  referenceOf,
  systemNamespaceObject,
  wavesOf,
} from '@tenantry/plan';
import { suggest } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';
import type { Workspace } from '../cli/workspace.ts';
import type { Connections } from '../cluster/connections.ts';
import { observe, type ObserveOptions } from '../cluster/observe.ts';
import { type HostTenants, readByHost, type TenantDist, tenantIds } from '../dist/read.ts';
import { shown } from '../dist/tenants-file.ts';
import { readSecrets, refuseUnknown } from '../secrets/read-secrets.ts';
import type { SecretsFile } from '../secrets/secrets-file.ts';

/** What dist/ has of a host, as a plan takes it: the tenants that are asked for, and who else is known. */
export interface DistRead extends Dist, HostTenants {
  readonly tenants: readonly TenantDist[];
  /** What secrets/ has, by tenant; its Secrets are among the tenants' objects, encrypted. */
  readonly secrets: ReadonlyMap<string, SecretsFile>;
}

/** Which part of dist/ is asked for; all of it where nothing is said. */
export interface Part {
  /** A host's name. */
  readonly host?: string | undefined;
  /** A wave's name. */
  readonly wave?: string | undefined;
}

/** Reads dist/ and secrets/, host by host: all, or what is asked for. @throws UsageError */
export function readDist(
  { dist, secrets: directory }: Pick<Workspace, 'dist' | 'secrets'>,
  ids: readonly string[],
  { host: named, wave }: Part = {},
): readonly DistRead[] {
  const secrets = readSecrets(directory);
  const asked = readByHost(dist, ids, named);
  const hosts = wave === undefined ? asked : onlyWave(asked, wave);
  refuseUnknown(secrets, tenantIds(dist));
  const added = (tenants: readonly TenantDist[]) =>
    tenants.map((tenant) => withSecrets(tenant, secrets.get(tenant.id)));
  return hosts.map((host) => ({
    ...host,
    hostWide: [systemNamespaceObject(), ...host.hostWide],
    all: added(host.all),
    tenants: added(host.tenants),
    known: host.all.map(({ id }) => id),
    secrets,
  }));
}

/** @throws UsageError where dist/ has a Secret of that name */
function withSecrets(tenant: TenantDist, file: SecretsFile | undefined): TenantDist {
  if (file === undefined) return tenant;
  const { virtualObjects } = tenant;
  const known = new Set(virtualObjects.map(referenceOf));
  const twice = file.objects.map(referenceOf).find((reference) => known.has(reference));
  if (twice !== undefined) {
    throw new UsageError(
      `${shown(file.path)}: the workload's chart has ${twice} as well\n  → give one of them another name`,
    );
  }
  return { ...tenant, virtualObjects: [...virtualObjects, ...file.objects] };
}

/** The tenants of a wave, and the hosts that have one. @throws UsageError where there is none */
function onlyWave(hosts: readonly HostTenants[], name: string): readonly HostTenants[] {
  const found = hosts
    .map((host) => ({ ...host, tenants: host.tenants.filter(({ wave }) => wave.name === name) }))
    .filter(({ tenants }) => tenants.length > 0);
  if (found.length > 0) return found;
  const names = wavesOf(hosts.flatMap(({ tenants }) => tenants)).map((wave) => wave.name);
  const near = suggest(name, names);
  throw new UsageError(
    `no tenant of wave ${JSON.stringify(name)}; nothing was done\n  → ${near === null ? `waves with tenants: ${names.join(', ')}` : `did you mean ${near}?`}`,
  );
}

/** Looks at the clusters and decides what a deploy would do. Changes nothing. */
export async function makePlan(
  connections: Connections,
  dist: Dist,
  options: ObserveOptions,
): Promise<{ readonly observed: Observed; readonly plan: Plan }> {
  const observed = await observe(connections, dist, options);
  return { observed, plan: plan(dist, observed) };
}
