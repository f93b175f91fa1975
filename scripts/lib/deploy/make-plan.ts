import { type Dist, type Observed, type Plan, plan, systemNamespaceObject } from '@tenantry/plan';
import type { Workspace } from '../cli/workspace.ts';
import type { Connections } from '../cluster/connections.ts';
import { observe, type ObserveOptions } from '../cluster/observe.ts';
import { readHostWide, readTenants, type TenantDist } from '../dist/read.ts';

/** dist/ as a plan takes it: the tenants that are asked for, and who else is known. */
export interface DistRead extends Dist {
  readonly tenants: readonly TenantDist[];
  readonly all: readonly TenantDist[];
}

/** Reads dist/. @throws UsageError */
export function readDist({ dist }: Pick<Workspace, 'dist'>, ids: readonly string[]): DistRead {
  const all = readTenants(dist);
  return {
    hostWide: [systemNamespaceObject(), ...readHostWide(dist)],
    tenants: ids.length === 0 ? all : readTenants(dist, ids),
    known: all.map(({ id }) => id),
    all,
  };
}

/** Looks at the clusters and decides what a deploy would do. Changes nothing. */
export async function makePlan(
  connections: Connections,
  dist: Dist,
  options: ObserveOptions = {},
): Promise<{ readonly observed: Observed; readonly plan: Plan }> {
  const observed = await observe(connections, dist, options);
  return { observed, plan: plan(dist, observed) };
}
