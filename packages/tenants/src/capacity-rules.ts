import { valueAt } from './explain.ts';
import { show } from './fault.ts';
import { OVERHEAD_REQUESTS, sum } from './footprint.ts';
import { formatBytes, formatCpu, parseBytes, parseCpu } from './quantity.ts';
import type { Breach } from './breach.ts';
import type { Plan } from './tenant.ts';

/** Whether the host's stated capacity holds what the active tenants' plans reserve of it. */
export function capacityBreaches(file: unknown, active: readonly Plan[]): readonly Breach[] {
  const wanted = sum(active.flatMap(({ requests }) => [requests, OVERHEAD_REQUESTS]));
  return [
    ...breach(file, 'cpu', parseCpu, wanted.cpu, formatCpu),
    ...breach(file, 'memory', parseBytes, wanted.memory, formatBytes),
  ];
}

function breach(
  file: unknown,
  key: string,
  parse: (text: string) => number | null,
  wanted: number,
  format: (amount: number) => string,
): readonly Breach[] {
  const path = ['host', 'capacity', key];
  const stated = valueAt(file, path);
  const capacity = typeof stated === 'string' ? parse(stated) : null;
  if (capacity === null || wanted <= capacity) return [];
  const message = `found ${show(stated)}; the active tenants request ${format(wanted)} in all, what running them costs included; raise it or pause tenants`;
  return [{ path, message }];
}
