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
import { readHostWide, readTenants, type TenantDist } from '../dist/read.ts';
import { shown } from '../dist/tenants-file.ts';
import { readSecrets, refuseUnknown } from '../secrets/read-secrets.ts';
import type { SecretsFile } from '../secrets/secrets-file.ts';

/** dist/ as a plan takes it: the tenants that are asked for, and who else is known. */
export interface DistRead extends Dist {
  readonly tenants: readonly TenantDist[];
  readonly all: readonly TenantDist[];
  /** What secrets/ has, by tenant; its Secrets are among the tenants' objects, encrypted. */
  readonly secrets: ReadonlyMap<string, SecretsFile>;
}

/** Reads dist/ and secrets/. @throws UsageError */
export function readDist(
  { dist, secrets: directory }: Pick<Workspace, 'dist' | 'secrets'>,
  ids: readonly string[],
): DistRead {
  const secrets = readSecrets(directory);
  const read = (names: readonly string[]) =>
    readTenants(dist, names).map((tenant) => withSecrets(tenant, secrets.get(tenant.id)));
  const all = read([]);
  const known = all.map(({ id }) => id);
  refuseUnknown(secrets, known);
  return {
    hostWide: [systemNamespaceObject(), ...readHostWide(dist)],
    tenants: ids.length === 0 ? all : read(ids),
    known,
    all,
    secrets,
  };
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

/** The part of dist/ that is of a wave. @throws UsageError where nothing is */
export function onlyWave(dist: DistRead, wave: string): DistRead {
  const tenants = dist.tenants.filter((tenant) => tenant.wave.name === wave);
  if (tenants.length > 0) return { ...dist, tenants };
  const names = wavesOf(dist.tenants).map(({ name }) => name);
  const near = suggest(wave, names);
  throw new UsageError(
    `no tenant of wave ${JSON.stringify(wave)}; nothing was done\n  → ${near === null ? `waves with tenants: ${names.join(', ')}` : `did you mean ${near}?`}`,
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
