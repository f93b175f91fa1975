import { show } from './fault.ts';
import { WHOAMI } from './footprint.ts';
import { formatBytes, formatCpu } from './quantity.ts';
import type { Breach } from './breach.ts';
import type { Plan } from './tenant.ts';

const STORAGE_CLASS = 'controlPlane.statefulSet.persistence.volumeClaim.storageClass'.split('.');

/** What is wrong with a well-formed plan by itself, and with the host's storage classes. */
export function planBreaches(plan: Plan, storageClasses: readonly string[]): readonly Breach[] {
  return [...tooMuch(plan), ...tooLittle(plan), ...foreignClass(plan, storageClasses)];
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
    ...lessThan(WHOAMI.limits, limits, ['plans', name]),
    ...lessThan(WHOAMI.requests, requests, ['plans', name, 'requests']),
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

function foreignClass({ name, vcluster }: Plan, allowed: readonly string[]): readonly Breach[] {
  const found = STORAGE_CLASS.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    vcluster,
  );
  if (typeof found !== 'string' || found === '' || allowed.includes(found)) return [];
  return [
    {
      path: ['plans', name, 'vcluster', ...STORAGE_CLASS],
      message: `found ${show(found)}; host.storageClasses has ${allowed.map(show).join(', ') || 'none'}; add it there`,
    },
  ];
}
