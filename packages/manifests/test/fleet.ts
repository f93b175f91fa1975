import { type Fleet, parseTenants, type Tenant } from '@tenantry/tenants';
import type { WorkloadProps } from '@tenantry/workload';
import { type Pins, synthesize, type Tree } from '../src/index.ts';
import { objectsOf } from '../src/manifest-object.ts';
import { DefaultsApp, TenantHostApp, WorkloadApp } from '../src/tenant-app.ts';
import { vclusterValues } from '../src/vcluster-values.ts';
import { nodePortsOf, reachedPods } from '../src/workload-service.ts';

export const pins: Pins = {
  images: {
    app: 'tenantry/app:0123456789ab',
    cache: `registry.example.com/cache@sha256:${'c'.repeat(64)}`,
  },
  pausePage: 'tenantry/app/pause-page:0123456789ab',
  vcluster: '0.36.0',
  kubernetes: 'v1.36.3',
};

export const alice = { id: 'alice', name: 'Alice' };
export const bob = { id: 'bob', name: 'Bob' };

/** Tenants and other parts of tenants.json as it is written there. */
export function fleetOf(tenants: readonly object[], file: object = {}): Fleet {
  return parseTenants(JSON.stringify({ ...file, tenants }));
}

export function treeOf(tenants: readonly object[], file: object = {}): Tree {
  return synthesize(fleetOf(tenants, file), pins);
}

/** What a tenant's YAML files say, each from constructs made for this tenant alone. */
export function contentsOf(tenant: Tenant): readonly object[] {
  const { id, name, plan, settings } = tenant;
  const { apiCidr, gateway, storageClasses } = tenant.host;
  const flux = tenant.host.flux !== null;
  const { objects } = new WorkloadApp({
    tenant: { id, name, nodePort: plan.nodePort, settings },
    images: pins.images,
  } as WorkloadProps);
  const reach = { nodePorts: nodePortsOf(objects), reached: reachedPods(objects) };
  return [
    ...objectsOf(
      new TenantHostApp({ tenant, apiCidr, gateway, flux, storageClasses, ...reach }).chart,
    ),
    vclusterValues({ ...tenant, flux }, pins),
    ...objectsOf(new DefaultsApp().chart),
    ...objects,
  ];
}

export function onlyTenant(fleet: Fleet): Tenant {
  const [tenant] = fleet.tenants;
  if (tenant === undefined || fleet.tenants.length > 1) throw new TypeError('not one tenant');
  return tenant;
}

/** The paths whose texts differ, of those that only one has too. */
export function differences(one: Tree, other: Tree): readonly string[] {
  const paths = new Set([...one.keys(), ...other.keys()]);
  return [...paths].filter((path) => one.get(path) !== other.get(path)).sort();
}
