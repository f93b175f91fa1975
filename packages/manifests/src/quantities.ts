import { formatBytes, formatCpu, type Resources } from '@tenantry/tenants';
import type { Footprint } from './footprint.ts';

/** Kubernetes' form of an amount of CPU and memory. */
export function quantities({ cpu, memory }: Resources): { cpu: string; memory: string } {
  return { cpu: formatCpu(cpu), memory: formatBytes(memory) };
}

/** A container's `resources`. */
export function containerResources({ requests, limits }: Footprint) {
  return { requests: quantities(requests), limits: quantities(limits) };
}
