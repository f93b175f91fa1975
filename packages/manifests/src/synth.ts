import {
  ARGOCD_DIRECTORY,
  DEFAULT_ENGINE,
  DEFAULT_HOST,
  type Engine,
  type Fleet,
  FLUX_DIRECTORY,
  type Host,
  hostsDirectory,
  LAST_WAVE,
  type Plan,
  type Tenant,
  type Wave,
} from '@tenantry/tenants';
import { workload, type WorkloadProps } from '@tenantry/workload';
import { synthesizeArgoCd } from './argocd-app.ts';
import { synthesizeFlux } from './flux/synth-flux.ts';
import { HostApp } from './host-app.ts';
import { type ManifestObject, objectsOf } from './manifest-object.ts';
import { memo } from './memo.ts';
import type { Pins } from './pins.ts';
import { DefaultsApp, TenantHostApp, type TenantHostAppProps, WorkloadApp } from './tenant-app.ts';
import { vclusterValues } from './vcluster-values.ts';
import { nodePortsOf, reachedPods } from './workload-service.ts';
import { ANY_ID, fileTemplates, filled } from './templates.ts';
import { fileName, filesOf, inDirectory, json, type Tree } from './tree.ts';
import { yamlTemplate } from './yaml.ts';

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

/**
 * What the commands need to know of a host: `host.json` in its directory. The only one has none where
 * `pnpm deploy` is its engine: its tenants say the rest.
 */
export interface HostManifest {
  readonly name: string;
  readonly context: string;
  /** Who applies dist/ there. */
  readonly engine: Engine;
}

/**
 * dist/ for a fleet: a directory for its hosts, one for each tenant, and those for other engines.
 * `withSecrets` are the ids of tenants that have Secrets in secrets/.
 */
export function synthesize(
  fleet: Fleet,
  pins: Pins,
  withSecrets: ReadonlySet<string> = new Set(),
): Tree {
  const { hosts, tenants } = fleet;
  const synthesizerOf = memo((host: Host) => new TenantSynthesizer(host, pins));
  return new Map([
    ...inDirectory(hostsDirectory(hosts), synthesizeHosts(hosts, pins)),
    ...inDirectory(FLUX_DIRECTORY, synthesizeFlux(fleet, pins, withSecrets)),
    ...inDirectory(ARGOCD_DIRECTORY, synthesizeArgoCd(fleet)),
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
  const isOnly = hosts.length === 1;
  return new Map(
    hosts.flatMap((host) => {
      const { name, context, engine } = host;
      const manifest = { name, context, ...(engine !== DEFAULT_ENGINE && { engine }) };
      const isTold = !isOnly || engine !== DEFAULT_ENGINE;
      const files = new Map([
        ...(isTold ? [['host.json', json(manifest)] as const] : []),
        ...filesOf('', objectsOf(new HostApp({ host, pausePage }).chart)),
      ]);
      return [...(isOnly ? files : inDirectory(name, files))];
    }),
  );
}

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

  synthesize({ id, name, plan, state, hostnames, release, wave, settings }: Tenant): Tree {
    const { vcluster } = this.#pins;
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
      chartVersion: vcluster,
      wave,
    };
    return new Map([
      ['tenant.json', json(written(manifest))],
      ...filled(host(JSON.stringify({ reach, state, hostnames: names })), id),
      ['vcluster.yaml', values(state)(id)],
      ...this.#defaults,
      ...filesOf('virtual/', objects, virtualFileName),
    ]);
  }

  /** What tenants on a plan have in common. */
  #planFiles(plan: Plan) {
    const { apiCidr, gateway, flux, storageClasses } = this.#host;
    return {
      host: memo((key: string) => {
        const { reach, ...tenant } = JSON.parse(key) as Common;
        const { chart } = new TenantHostApp({
          tenant: { ...tenant, id: ANY_ID, plan },
          apiCidr,
          gateway,
          flux: flux !== null,
          storageClasses,
          ...reach,
        });
        return fileTemplates('host/', objectsOf(chart));
      }),
      values: memo((state: Tenant['state']) => {
        const tenant = { id: ANY_ID, plan, state, flux: flux !== null };
        return yamlTemplate(vclusterValues(tenant, this.#pins), ANY_ID);
      }),
    };
  }
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

/** Objects of one name in other namespaces than the workload's own have theirs in front. */
export function virtualFileName(object: ManifestObject): string {
  const { name, namespace = workload.service.namespace } = object.metadata;
  return namespace === workload.service.namespace
    ? fileName(object)
    : fileName({ ...object, metadata: { name: `${namespace}.${name}` } });
}
