import { type Footprint, formatBytes, formatCpu, type Resources } from '@tenantry/tenants';
import { k8s } from 'cdk8s-plus-27';

/** Kubernetes' form of an amount of CPU and memory. */
export function quantities({ cpu, memory }: Resources): { cpu: string; memory: string } {
  return { cpu: formatCpu(cpu), memory: formatBytes(memory) };
}

/** A container's `resources`. */
export function containerResources({ requests, limits, disk }: Footprint) {
  return {
    requests: { ...quantities(requests), 'ephemeral-storage': formatBytes(disk.request) },
    limits: { ...quantities(limits), 'ephemeral-storage': formatBytes(disk.limit) },
  };
}

export function asQuantities(
  amounts: Readonly<Record<string, string>>,
): Record<string, k8s.Quantity> {
  return Object.fromEntries(
    Object.entries(amounts).map(([key, amount]) => [key, k8s.Quantity.fromString(amount)]),
  );
}
