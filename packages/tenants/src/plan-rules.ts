import { show } from './fault.ts';
import { WORKLOAD_LIMITS, WORKLOAD_REQUESTS } from './footprint.ts';
import { formatBytes, formatCpu } from './quantity.ts';
import type { Breach } from './breach.ts';
import {
  CONTROL_PLANE_RUNTIME_CLASS,
  planText,
  POD_RUNTIME_CLASS,
  STORAGE_CLASS,
} from './plan-values.ts';
import type { Host, Plan } from './tenant.ts';

export type HostClasses = Pick<Host, 'storageClasses' | 'runtimeClasses'>;

/** What is wrong with a well-formed plan by itself, and with the host's classes. */
export function planBreaches(plan: Plan, host: HostClasses): readonly Breach[] {
  return [...tooMuch(plan), ...tooLittle(plan), ...foreignClasses(plan, host)];
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

function foreignClasses(plan: Plan, host: HostClasses): readonly Breach[] {
  return CLASSES.flatMap(([path, key]) => {
    const found = planText(plan, path);
    const allowed = host[key];
    if (found === null || allowed.includes(found)) return [];
    return [
      {
        path: ['plans', plan.name, 'vcluster', ...path],
        message: `found ${show(found)}; host.${key} has ${allowed.map(show).join(', ') || 'none'}; add it there`,
      },
    ];
  });
}
