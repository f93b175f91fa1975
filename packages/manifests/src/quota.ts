import {
  CONTROL_PLANE_VOLUME,
  formatBytes,
  formatCpu,
  OVERHEAD_DISK,
  OVERHEAD_LIMITS,
  OVERHEAD_PODS,
  OVERHEAD_REQUESTS,
  type Plan,
  POD_DISK,
} from '@tenantry/tenants';
import { k8s } from 'cdk8s-plus-27';
import { asQuantities } from './quantities.ts';

/**
 * Objects beside the pods that every tenant may have, the ones that it is run with among them: four
 * Services, some ten Secrets (the chart's revisions), four ConfigMaps.
 */
const BASE = { services: 10, secrets: 40, configmaps: 40 } as const;

/**
 * Pods that have ended count no more as `pods`, but a Job keeps them, each with the Secret of its
 * token; some 10 KB of the host's etcd in all. Where they are used up, nothing rolls out any more.
 */
const ENDED_PODS = 500;

/** The quota of a plan: what the tenant can use, and on top of it what running it costs. */
export function quotaOf(
  plan: Plan,
  nodePorts: number,
  hostClasses: readonly string[],
): Record<string, k8s.Quantity> {
  return {
    ...asQuantities({
      'limits.cpu': formatCpu(plan.cpu + OVERHEAD_LIMITS.cpu),
      'limits.memory': formatBytes(plan.memory + OVERHEAD_LIMITS.memory),
      'requests.cpu': formatCpu(plan.requests.cpu + OVERHEAD_REQUESTS.cpu),
      'requests.memory': formatBytes(plan.requests.memory + OVERHEAD_REQUESTS.memory),
      'requests.storage': formatBytes(plan.storage + CONTROL_PLANE_VOLUME),
      // A node whose disk is full evicts its pods, whosever they are.
      'limits.ephemeral-storage': formatBytes(plan.pods * POD_DISK.limit + OVERHEAD_DISK),
    }),
    ...counts({
      pods: plan.pods + OVERHEAD_PODS,
      'count/pods': plan.pods + OVERHEAD_PODS + ENDED_PODS,
      'services.nodeports': nodePorts,
      'services.loadbalancers': 0,
      // Each may hold a megabyte of the host's etcd, which all tenants share; each Service costs
      // every node rules.
      'count/services': plan.pods + BASE.services,
      'count/secrets': 4 * plan.pods + BASE.secrets + ENDED_PODS,
      'count/configmaps': 4 * plan.pods + BASE.configmaps,
      'count/persistentvolumeclaims': plan.pods + 1,
      ...Object.fromEntries(
        hostClasses
          .filter((name) => plan.storageClasses?.includes(name) === false)
          .map((name) => [`${name}.storageclass.storage.k8s.io/persistentvolumeclaims`, 0]),
      ),
    }),
  };
}

function counts(numbers: Readonly<Record<string, number>>): Record<string, k8s.Quantity> {
  return Object.fromEntries(
    Object.entries(numbers).map(([key, count]) => [key, k8s.Quantity.fromNumber(count)]),
  );
}
