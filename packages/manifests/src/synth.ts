import type { Fleet, Host, Tenant } from '@tenantry/tenants';
import { workload } from '@tenantry/workload';
import { HostApp } from './host-app.ts';
import type { Pins } from './pins.ts';
import { type ManifestObject, objectsOf, TenantApp } from './tenant-app.ts';
import { vclusterValues } from './vcluster-values.ts';
import { toYaml } from './yaml.ts';

/** Files by their path, with `/` between the parts. */
export type Tree = ReadonlyMap<string, string>;

/** What the commands need to know of a tenant: `tenant.json` in its directory. */
export interface TenantManifest {
  readonly id: string;
  readonly name: string;
  readonly state: Tenant['state'];
  readonly plan: string;
  /** The kubeconfig context of the host cluster; no other is touched. */
  readonly hostContext: string;
  /** The workload's first image, which verify's probe runs in, too. */
  readonly image: string;
  /** References of the workload's images by their names. */
  readonly images: Readonly<Record<string, string>>;
  /** Version of the vcluster chart. */
  readonly chartVersion: string;
}

/** dist/ for a fleet: `_host/`, and a directory for each tenant. */
export function synthesize(fleet: Fleet, pins: Pins): Tree {
  return new Map([
    ...inDirectory('_host', synthesizeHost(fleet.host)),
    ...fleet.tenants.flatMap((tenant) => [
      ...inDirectory(tenant.id, synthesizeTenant(tenant, fleet.host, pins)),
    ]),
  ]);
}

/** The files of `_host/`, from the host alone. */
export function synthesizeHost(host: Host): Tree {
  return new Map(
    objectsOf(new HostApp({ host }).chart).map((object) => [fileName(object), toYaml(object)]),
  );
}

/** The files of a tenant's directory, from that tenant, its plan, the host and the pins. */
export function synthesizeTenant(tenant: Tenant, host: Host, pins: Pins): Tree {
  const app = new TenantApp({ tenant, host, pins });
  const manifest: TenantManifest = {
    id: tenant.id,
    name: tenant.name,
    state: tenant.state,
    plan: tenant.plan.name,
    hostContext: host.context,
    image: Object.values(pins.images)[0] ?? '',
    images: pins.images,
    chartVersion: pins.vcluster,
  };
  return new Map([
    ['tenant.json', `${JSON.stringify(written(manifest), null, 2)}\n`],
    ...objectsOf(app.host).map((object) => [`host/${fileName(object)}`, toYaml(object)] as const),
    ['vcluster.yaml', toYaml(vclusterValues(tenant, pins))],
    ...app.virtual.map((object) => [`virtual/${virtualFileName(object)}`, toYaml(object)] as const),
  ]);
}

/** One image says all that `images` could. */
function written({ images, ...manifest }: TenantManifest): object {
  return Object.keys(images).length === 1 ? manifest : { ...manifest, images };
}

function inDirectory(directory: string, files: Tree): Tree {
  return new Map([...files].map(([path, text]) => [`${directory}/${path}`, text]));
}

/** Objects of one name in other namespaces than the workload's own have theirs in front. */
export function virtualFileName(object: ManifestObject): string {
  const { name, namespace = workload.service.namespace } = object.metadata;
  return namespace === workload.service.namespace
    ? fileName(object)
    : fileName({ ...object, metadata: { name: `${namespace}.${name}` } });
}

/** `networkpolicy.default-deny.yaml`. */
function fileName({ kind, metadata }: ManifestObject): string {
  return `${kind.toLowerCase()}.${metadata.name}.yaml`;
}
