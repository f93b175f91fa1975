import { createHash } from 'node:crypto';
import type { Fleet, Host, Tenant } from '@tenantry/tenants';
import { HostApp } from './host-app.ts';
import type { Pins } from './pins.ts';
import { type ManifestObject, objectsOf, TenantApp } from './tenant-app.ts';
import { vclusterValues } from './vcluster-values.ts';
import { toYaml } from './yaml.ts';

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

/**
 * dist/ for a fleet: `_host/` from the host alone, and a directory for each tenant from that tenant,
 * its plan, the host and the pins.
 */
export function synthesize(fleet: Fleet, pins: Pins): Tree {
  return new Map([
    ...synthesizeHost(fleet.host),
    ...fleet.tenants.flatMap((tenant) => [...synthesizeTenant(tenant, fleet, pins)]),
  ]);
}

function synthesizeHost(host: Host): Tree {
  return new Map(
    objectsOf(new HostApp({ host }).chart).map((object) => [
      `_host/${fileName(object)}`,
      toYaml(object),
    ]),
  );
}

function synthesizeTenant(tenant: Tenant, { host }: Pick<Fleet, 'host'>, pins: Pins): Tree {
  const app = new TenantApp({ tenant, host, pins });
  const files = [
    ...objectsOf(app.host).map((object) => [`host/${fileName(object)}`, toYaml(object)]),
    ['vcluster.yaml', toYaml(vclusterValues(tenant, pins))],
    ...objectsOf(app.virtual).map((object) => [`virtual/${fileName(object)}`, toYaml(object)]),
  ] as [string, string][];
  const delivery: Delivery = {
    id: tenant.id,
    name: tenant.name,
    state: tenant.state,
    plan: tenant.plan.name,
    hostContext: host.context,
    image: pins.image,
    chartVersion: pins.vcluster,
    inputHash: sha256(JSON.stringify([inputOf(tenant), host.context, host.apiCidr, pins])),
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
