import type { z } from 'zod';
import { defaultHostname } from './names.ts';
import { parseBytes, parseCpu } from './quantity.ts';
import type { capacitySchema, hostSchema, planSchema, TenantsFile } from './schema.ts';
import {
  type Capacity,
  DEFAULT_HOST,
  type Fleet,
  type Host,
  LAST_WAVE,
  type Plan,
  type Release,
  type Resources,
  type Tenant,
  type Wave,
} from './tenant.ts';

/** The part of a plan's limits that is reserved where the plan does not say. */
const DEFAULT_REQUESTS = { cpu: 1 / 4, memory: 1 / 2 } as const;

/** Turns what the schema let pass into what the rest of the code works with. */
export function resolveFleet(file: TenantsFile): Fleet {
  const plans = new Map(
    Object.entries(file.plans).map(([name, plan]) => [name, resolvePlan(name, plan)]),
  );
  const releases = new Map(
    Object.entries(file.releases).map(([name, release]): [string, Release] => [
      name,
      { name, images: release === 'source' ? {} : release.images },
    ]),
  );
  const entries = Object.entries(file.hosts ?? { [DEFAULT_HOST]: file.host });
  const domains = new Map(entries.map(([name, { domain }]) => [name, domain]));
  const hosts = new Map(entries.map(([name, host]) => [name, resolveHost(name, host)]));
  const [only = ''] = hosts.keys();
  return {
    hosts: [...hosts.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    graceDays: file.graceDays,
    imageRepository: file.image.repository,
    releases: [...releases.values()],
    argocd: file.argocd ?? null,
    tenants: file.tenants
      .map((tenant): Tenant => {
        const plan = plans.get(tenant.plan ?? file.defaultPlan);
        const release = releases.get(tenant.release);
        const host = hosts.get(tenant.host ?? only);
        if (plan === undefined || release === undefined || host === undefined) {
          throw new TypeError(`no plan, release or host for ${tenant.id}: rules not checked`);
        }
        const domain = domains.get(host.name);
        const paused = tenant.state !== 'active';
        return {
          id: tenant.id,
          name: tenant.name,
          plan,
          host,
          state: tenant.state,
          pausedBy: paused ? (tenant.pausedBy ?? 'operator') : null,
          pausedSince: paused ? (tenant.pausedSince ?? null) : null,
          paidThrough: tenant.paidThrough ?? null,
          keep: tenant.keep,
          hostnames:
            domain === undefined
              ? []
              : [defaultHostname(tenant.id, domain), ...sorted(tenant.hostnames)],
          release,
          wave: resolveWave(tenant.wave, file.waves),
          settings: tenant.settings,
        };
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    offboarded: file.offboarded.map(({ id, offboardedOn, reason, digest }) => ({
      id,
      offboardedOn,
      reason,
      digest,
    })),
  };
}

function resolveWave(name: string, waves: readonly string[]): Wave {
  return name === LAST_WAVE.name ? LAST_WAVE : { name, order: waves.indexOf(name) + 1 };
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

function resolveHost(name: string, host: z.output<typeof hostSchema>): Host {
  return {
    name,
    context: host.context,
    engine: host.engine,
    flux:
      host.flux === undefined ? null : { ...host.flux, pullSecret: host.flux.pullSecret ?? null },
    capacity: host.capacity === undefined ? null : resolveCapacity(host.capacity),
    apiCidr: host.apiCidr ?? null,
    gateway: host.gateway ?? null,
    clusterCidrs: sorted(host.clusterCidrs),
    storageClasses: sorted(host.storageClasses),
    priorityClasses: sorted(host.priorityClasses),
    runtimeClasses: sorted(host.runtimeClasses),
    annotations: sorted(host.annotations),
  };
}

export function resolveCapacity(capacity: z.output<typeof capacitySchema>): Capacity {
  return {
    ...resolveResources(capacity),
    storage: capacity.storage === undefined ? null : amount(parseBytes(capacity.storage)),
    tenants: capacity.tenants ?? null,
  };
}

export function resolvePlan(name: string, plan: z.output<typeof planSchema>): Plan {
  const limits = resolveResources(plan);
  return {
    name,
    ...limits,
    storage: amount(parseBytes(plan.storage)),
    pods: plan.pods,
    requests:
      plan.requests === undefined
        ? {
            cpu: Math.ceil(limits.cpu * DEFAULT_REQUESTS.cpu),
            memory: Math.ceil(limits.memory * DEFAULT_REQUESTS.memory),
          }
        : resolveResources(plan.requests),
    nodePort: plan.nodePort,
    storageClasses: plan.storageClasses === undefined ? null : sorted(plan.storageClasses),
    egress: plan.egress,
    nameservers: plan.nameservers,
    vcluster: plan.vcluster ?? {},
  };
}

function resolveResources({ cpu, memory }: { cpu: string; memory: string }): Resources {
  return { cpu: amount(parseCpu(cpu)), memory: amount(parseBytes(memory)) };
}

function amount(parsed: number | null): number {
  if (parsed === null) throw new TypeError('a quantity that the schema did not check');
  return parsed;
}
