import { valueAt } from './explain.ts';
import { show } from './fault.ts';
import { CONTROL_PLANE_VOLUME, OVERHEAD_REQUESTS, sum } from './footprint.ts';
import type { HostEntry } from './host-rules.ts';
import { formatBytes, formatCpu, parseBytes, parseCpu } from './quantity.ts';
import type { Breach } from './breach.ts';
import type { Plan } from './tenant.ts';

/** The tenants of a host. */
export interface Residents {
  /** The plans of those that are active, as far as they are known. */
  readonly active: readonly Plan[];
  /** The plans of all. */
  readonly plans: readonly Plan[];
  readonly count: number;
}

/** Whether a host's stated capacity holds its tenants. */
export function capacityBreaches(
  { path, value }: HostEntry,
  { active, plans, count }: Residents,
): readonly Breach[] {
  const { cpu, memory } = sum(active.flatMap(({ requests }) => [requests, OVERHEAD_REQUESTS]));
  const storage = plans.reduce((bytes, plan) => bytes + plan.storage + CONTROL_PLANE_VOLUME, 0);
  const requested = (amount: string) =>
    `the active tenants request ${amount} in all, what running them costs included; raise it or pause tenants`;
  return [
    { key: 'cpu', parse: text(parseCpu), wanted: cpu, why: requested(formatCpu(cpu)) },
    { key: 'memory', parse: text(parseBytes), wanted: memory, why: requested(formatBytes(memory)) },
    {
      key: 'storage',
      parse: text(parseBytes),
      wanted: storage,
      why: `the tenants may claim ${formatBytes(storage)} in all, their control planes' volumes included; raise it or move tenants`,
    },
    {
      key: 'tenants',
      parse: (stated: unknown) => (typeof stated === 'number' ? stated : null),
      wanted: count,
      why: `${count} tenants live there, paused ones included; raise it or move tenants`,
    },
  ].flatMap(({ key, parse, wanted, why }) => {
    const stated = valueAt(value, ['capacity', key]);
    const capacity = parse(stated);
    if (capacity === null || wanted <= capacity) return [];
    return [{ path: [...path, 'capacity', key], message: `found ${show(stated)}; ${why}` }];
  });
}

function text(parse: (quantity: string) => number | null): (stated: unknown) => number | null {
  return (stated) => (typeof stated === 'string' ? parse(stated) : null);
}
