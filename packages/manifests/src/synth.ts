import { createHash } from 'node:crypto';
import type { Fleet, Tenant } from '@tenantry/tenants';
import { Yaml } from 'cdk8s';
import type { Pins } from './pins.ts';
import { type ManifestObject, objectsOf, TenantApp } from './tenant-app.ts';
import { vclusterValues } from './vcluster-values.ts';

/** Files by their path below dist/, with `/` between the parts. */
export type Tree = ReadonlyMap<string, string>;

/** What the commands need to know of a tenant: `tenant.json` in its directory. */
export interface Delivery {
  readonly id: string;
  readonly name: string;
  readonly state: Tenant['state'];
  readonly plan: string;
  /** The kubeconfig context of the host cluster; no other is touched. */
  readonly hostContext: string;
  /** The service image with its tag. */
  readonly image: string;
  /** Version of the vcluster chart. */
  readonly chartVersion: string;
  /** sha256 of everything that the directory was made from. */
  readonly inputHash: string;
}

/** dist/ for a fleet. A tenant's files depend on that tenant, its plan, the host and the pins only. */
export function synthesize(fleet: Fleet, pins: Pins): Tree {
  return new Map(fleet.tenants.flatMap((tenant) => [...synthesizeTenant(tenant, fleet, pins)]));
}

function synthesizeTenant(tenant: Tenant, { host }: Pick<Fleet, 'host'>, pins: Pins): Tree {
  const app = new TenantApp({ tenant, pins });
  const files = [
    ...objectsOf(app.host).map((object) => [`host/${fileName(object)}`, Yaml.stringify(object)]),
    ['vcluster.yaml', Yaml.stringify(vclusterValues(tenant, pins))],
    ...objectsOf(app.virtual).map((object) => [
      `virtual/${fileName(object)}`,
      Yaml.stringify(object),
    ]),
  ] as [string, string][];
  const delivery: Delivery = {
    id: tenant.id,
    name: tenant.name,
    state: tenant.state,
    plan: tenant.plan.name,
    hostContext: host.context,
    image: pins.image,
    chartVersion: pins.vcluster,
    inputHash: sha256(JSON.stringify([inputOf(tenant), host.context, pins])),
  };
  return new Map(
    [['tenant.json', `${JSON.stringify(delivery, null, 2)}\n`] as const, ...files].map(
      ([path, text]) => [`${tenant.id}/${path}`, text],
    ),
  );
}

/** What of a tenant shows in its directory; the dates do not. */
function inputOf({ id, name, state, plan }: Tenant) {
  return { id, name, state, plan };
}

/** `networkpolicy.default-deny.yaml`. */
function fileName({ kind, metadata }: ManifestObject): string {
  return `${kind.toLowerCase()}.${metadata.name}.yaml`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
