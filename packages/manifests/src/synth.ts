import {
  DEFAULT_HOST,
  type Fleet,
  type Host,
  hostsDirectory,
  LAST_WAVE,
  type Plan,
  type Tenant,
  type Wave,
} from '@tenantry/tenants';
import { workload, type WorkloadProps } from '@tenantry/workload';
import { HostApp } from './host-app.ts';
import { type ManifestObject, objectsOf } from './manifest-object.ts';
import { memo } from './memo.ts';
import type { Pins } from './pins.ts';
import { DefaultsApp, TenantHostApp, type TenantHostAppProps, WorkloadApp } from './tenant-app.ts';
import { vclusterValues } from './vcluster-values.ts';
import { nodePortsOf, reachedPods } from './workload-service.ts';
import { toYaml, yamlTemplate } from './yaml.ts';

/** Files by their path, with `/` between the parts. */
export type Tree = ReadonlyMap<string, string>;

/** What the commands need to know of a tenant: `tenant.json` in its directory. */
export interface TenantManifest {
  readonly id: string;
  readonly name: string;
  readonly state: Tenant['state'];
  readonly plan: string;
  /** As the workload's schema made them; plain data. */
  readonly settings: unknown;
  /** The name of the host cluster. */
  readonly host: string;
  /** Its kubeconfig context; no other is touched. */
  readonly hostContext: string;
  /** The workload's first image. */
  readonly image: string;
  /** References of the workload's images by their names. */
  readonly images: Readonly<Record<string, string>>;
  /** Version of the vcluster chart. */
  readonly chartVersion: string;
  readonly wave: Wave;
}

/** What the commands need to know of one of several hosts: `host.json` in its directory. */
export interface HostManifest {
  readonly name: string;
  readonly context: string;
}

/** dist/ for a fleet: a directory for its hosts, and one for each tenant. */
export function synthesize({ hosts, tenants }: Fleet, pins: Pins): Tree {
  const synthesizerOf = memo((host: Host) => new TenantSynthesizer(host, pins));
  return new Map([
    ...inDirectory(hostsDirectory(hosts), synthesizeHosts(hosts, pins)),
    ...tenants.flatMap((tenant) => [
      ...inDirectory(tenant.id, synthesizerOf(tenant.host).synthesize(tenant)),
    ]),
  ]);
}

/** The files of the hosts' directory, from the hosts and the pins alone; of several hosts each has one in it. */
export function synthesizeHosts(
  hosts: readonly Host[],
  { pausePage }: Pick<Pins, 'pausePage'>,
): Tree {
  const objects = (host: Host) => filesOf('', objectsOf(new HostApp({ host, pausePage }).chart));
  const [only] = hosts;
  if (only !== undefined && hosts.length === 1) return objects(only);
  return new Map(
    hosts.flatMap((host) => {
      const { name, context } = host;
      const manifest: HostManifest = { name, context };
      const files = [['host.json', json(manifest)] as const, ...objects(host)];
      return [...inDirectory(name, new Map(files))];
    }),
  );
}

/** Stands for an id in objects made for any tenant; no id, name or context can hold it. */
const ANY_ID = '\uE000';

/** What a tenant's objects on the host have from the workload. */
type Reach = Pick<TenantHostAppProps, 'nodePorts' | 'reached'>;

/** All that they are made from beside the plan and the id; the name that has the id in it comes first. */
interface Common extends Pick<Tenant, 'state' | 'hostnames'> {
  readonly reach: Reach;
}

/**
 * The files of tenants' directories, each from that tenant, its plan, the host and the pins. What
 * tenants have in common is made once: what no id is in, and what differs in nothing but the id.
 */
export class TenantSynthesizer {
  readonly #host: Host;
  readonly #pins: Pins;
  readonly #defaults = filesOf('virtual/', objectsOf(new DefaultsApp().chart));
  readonly #plans = memo((plan: Plan) => this.#planFiles(plan));

  constructor(host: Host, pins: Pins) {
    this.#host = host;
    this.#pins = pins;
  }

  synthesize(tenant: Tenant): Tree {
    const { id, name, plan, state, hostnames, release, wave, versions, settings } = tenant;
    const images = { ...this.#pins.images, ...release.images };
    const { objects } = new WorkloadApp({
      tenant: { id, name, nodePort: plan.nodePort, settings },
      images,
    } as WorkloadProps);
    const reach: Reach = { nodePorts: nodePortsOf(objects), reached: reachedPods(objects) };
    const { host, values } = this.#plans(plan);
    const names = hostnames.map((hostname, index) =>
      index === 0 ? hostname.replace(id, ANY_ID) : hostname,
    );
    const manifest: TenantManifest = {
      id,
      name,
      state,
      plan: plan.name,
      settings,
      host: this.#host.name,
      hostContext: this.#host.context,
      image: Object.values(images)[0] ?? '',
      images,
      chartVersion: versions.vcluster,
      wave,
    };
    return new Map([
      ['tenant.json', json(written(manifest))],
      ...host(JSON.stringify({ reach, state, hostnames: names })).map(
        ({ path, text }) => [path(id), text(id)] as const,
      ),
      ['vcluster.yaml', values(JSON.stringify({ state, versions }))],
      ...this.#defaults,
      ...filesOf('virtual/', objects, virtualFileName),
    ]);
  }

  /** What tenants on a plan have in common. */
  #planFiles(plan: Plan) {
    const { apiCidr, gateway, storageClasses } = this.#host;
    return {
      host: memo((key: string) => {
        const { reach, ...tenant } = JSON.parse(key) as Common;
        return hostTemplates({
          tenant: { ...tenant, id: ANY_ID, plan },
          apiCidr,
          gateway,
          storageClasses,
          ...reach,
        });
      }),
      values: memo((key: string) => {
        const tenant = JSON.parse(key) as Pick<Tenant, 'state' | 'versions'>;
        return toYaml(vclusterValues({ ...tenant, plan }));
      }),
    };
  }
}

/** A file of `host/` for any id. */
interface HostTemplate {
  readonly path: (id: string) => string;
  readonly text: (id: string) => string;
}

function hostTemplates(props: TenantHostAppProps): readonly HostTemplate[] {
  return objectsOf(new TenantHostApp(props).chart).map((object) => {
    const path = `host/${fileName(object)}`;
    return {
      path: (id) => path.replaceAll(ANY_ID, id),
      text: yamlTemplate(object, ANY_ID),
    };
  });
}

function filesOf(
  prefix: string,
  objects: readonly ManifestObject[],
  nameOf: (object: ManifestObject) => string = fileName,
): Tree {
  return new Map(objects.map((object) => [prefix + nameOf(object), toYaml(object)]));
}

/**
 * One image says all that `images` could; no settings, a host that nobody named, and the last wave,
 * are not told.
 */
function written({ images, settings, host, wave, ...manifest }: TenantManifest): object {
  return {
    ...manifest,
    ...(host !== DEFAULT_HOST && { host }),
    ...(wave.name !== LAST_WAVE.name && { wave }),
    ...(Object.keys(images).length > 1 && { images }),
    ...(Object.keys(settings as object).length > 0 && { settings }),
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
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
