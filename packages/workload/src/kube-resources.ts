import { k8s } from 'cdk8s-plus-27';
import type { PodResources, ResourceAmounts } from './define-workload.ts';

/** A container's `resources` as the library takes them. */
export function kubeResources({ requests, limits }: PodResources): k8s.ResourceRequirements {
  return { requests: quantities(requests), limits: quantities(limits) };
}

function quantities(amounts: ResourceAmounts): Record<string, k8s.Quantity> {
  return Object.fromEntries(
    Object.entries<string>({ ...amounts }).map(([key, amount]) => [
      key,
      k8s.Quantity.fromString(amount),
    ]),
  );
}
