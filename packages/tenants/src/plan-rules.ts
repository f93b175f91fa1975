import { LINK_LOCAL, LOOPBACK, overlaps } from './cidr.ts';
import { show } from './fault.ts';
import { WORKLOAD_LIMITS, WORKLOAD_REQUESTS, WORKLOAD_STORAGE } from './footprint.ts';
import { formatBytes, formatCpu } from './quantity.ts';
import type { Breach } from './breach.ts';
import {
  CONTROL_PLANE_RUNTIME_CLASS,
  planText,
  POD_RUNTIME_CLASS,
  STORAGE_CLASS,
} from './plan-values.ts';
import type { Host, Plan } from './tenant.ts';

/** What of a host plans are held against. */
export interface PlanHost extends Pick<
  Host,
  'storageClasses' | 'runtimeClasses' | 'apiCidr' | 'clusterCidrs'
> {
  /** Where it stands in tenants.json: `host`, `hosts.eu-1`. */
  readonly where: string;
}

/** What is wrong with a well-formed plan by itself. */
export function planBreaches(plan: Plan): readonly Breach[] {
  return [...tooMuch(plan), ...tooLittle(plan)];
}

/** What is wrong with it on a host. */
export function planBreachesOn(host: PlanHost, plan: Plan): readonly Breach[] {
  return [
    ...foreignClasses(plan, host),
    ...foreignStorage(plan, host),
    ...closedAddresses(plan, host),
  ];
}

function tooMuch({ name, cpu, memory, requests }: Plan): readonly Breach[] {
  const breach = (key: string, found: string, limit: string): Breach => ({
    path: ['plans', name, 'requests', key],
    message: `found ${show(found)}; at most the plan's limit of ${limit} is allowed`,
  });
  return [
    ...(requests.cpu > cpu ? [breach('cpu', formatCpu(requests.cpu), formatCpu(cpu))] : []),
    ...(requests.memory > memory
      ? [breach('memory', formatBytes(requests.memory), formatBytes(memory))]
      : []),
  ];
}

/** What running a tenant costs is added to its plan, so that the service is all that must fit. */
function tooLittle({ name, requests, ...limits }: Plan): readonly Breach[] {
  return [
    ...lessThan(WORKLOAD_LIMITS, limits, ['plans', name]),
    ...lessThan(WORKLOAD_REQUESTS, requests, ['plans', name, 'requests']),
    ...(limits.storage < WORKLOAD_STORAGE
      ? [
          {
            path: ['plans', name, 'storage'],
            message: `found ${show(formatBytes(limits.storage))}; the service's volumes alone need ${formatBytes(WORKLOAD_STORAGE)}`,
          },
        ]
      : []),
  ];
}

function lessThan(
  needed: { readonly cpu: number; readonly memory: number },
  found: { readonly cpu: number; readonly memory: number },
  path: readonly PropertyKey[],
): readonly Breach[] {
  const breach = (key: string, amount: string, least: string): Breach => ({
    path: [...path, key],
    message: `found ${show(amount)}; the service alone needs ${least}`,
  });
  return [
    ...(found.cpu < needed.cpu ? [breach('cpu', formatCpu(found.cpu), formatCpu(needed.cpu))] : []),
    ...(found.memory < needed.memory
      ? [breach('memory', formatBytes(found.memory), formatBytes(needed.memory))]
      : []),
  ];
}

/** Classes of the host that a plan names, and the key of `host` that must have them. */
const CLASSES = [
  [STORAGE_CLASS, 'storageClasses'],
  [POD_RUNTIME_CLASS, 'runtimeClasses'],
  [CONTROL_PLANE_RUNTIME_CLASS, 'runtimeClasses'],
] as const;

function foreignClasses(plan: Plan, host: PlanHost): readonly Breach[] {
  return CLASSES.flatMap(([path, key]) => {
    const found = planText(plan, path);
    const allowed = host[key];
    if (found === null || allowed.includes(found)) return [];
    return [
      {
        path: ['plans', plan.name, 'vcluster', ...path],
        message: `found ${show(found)}; ${host.where}.${key} has ${allowed.map(show).join(', ') || 'none'}; add it there`,
      },
    ];
  });
}

/** The classes that a plan's tenants may claim, and the one that its control planes do. */
function foreignStorage(plan: Plan, { storageClasses, where }: PlanHost): readonly Breach[] {
  if (plan.storageClasses === null) return [];
  const path = ['plans', plan.name, 'storageClasses'];
  const own = planText(plan, STORAGE_CLASS);
  const foreign = plan.storageClasses.find((name) => !storageClasses.includes(name));
  if (foreign !== undefined) {
    const has = storageClasses.map(show).join(', ') || 'none';
    return [
      { path, message: `found ${show(foreign)}; ${where}.storageClasses has ${has}; add it there` },
    ];
  }
  return own === null || plan.storageClasses.includes(own)
    ? []
    : [{ path, message: `lacks ${show(own)}, which the plan's control planes claim; add it` }];
}

/** What a plan would open and no plan may: what every node, or every cluster, has for itself. */
function closedAddresses(
  { name, egress, nameservers }: Plan,
  { apiCidr, clusterCidrs, where }: PlanHost,
): readonly Breach[] {
  const closed = [
    [LINK_LOCAL, 'link-local, where clouds keep their metadata'],
    [LOOPBACK, 'loopback'],
    ...(apiCidr === null ? [] : [[apiCidr, `the host's API, ${where}.apiCidr`] as const]),
    ...clusterCidrs.map((cidr) => [cidr, `the cluster's own, ${where}.clusterCidrs`] as const),
  ] as const;
  const breaches = (path: readonly PropertyKey[], found: string, cidr: string) => {
    const met = closed.filter(([block]) => overlaps(block, cidr));
    if (met.length === 0) return [];
    const list = met.map(([block, whose]) => `${block} (${whose})`).join(', ');
    const message = `found ${show(found)}; no way may lead to ${list}`;
    return [{ path: ['plans', name, ...path], message }];
  };
  return [
    ...egress.flatMap(({ cidr }, index) => breaches(['egress', index, 'cidr'], cidr, cidr)),
    ...nameservers.flatMap((address, index) =>
      breaches(['nameservers', index], address, `${address}/32`),
    ),
  ];
}
