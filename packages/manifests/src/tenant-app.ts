import type { Host, Tenant } from '@tenantry/tenants';
import type { WorkloadProps } from '@tenantry/workload';
import { WorkloadChart } from '@tenantry/workload/chart';
import { App, Chart } from 'cdk8s';
import { DefaultLimits } from './default-limits.ts';
import { HostNamespace } from './host-namespace.ts';
import { Isolation } from './isolation.ts';
import type { Pins } from './pins.ts';
import { checkDemand } from './workload-demand.ts';
import { nodePortsOf, reachedPods } from './workload-service.ts';

export interface TenantAppProps {
  readonly tenant: Tenant;
  readonly host: Host;
  readonly pins: Pins;
}

/** All of one tenant's Kubernetes objects: an App of its own, since one App for N is O(N²). */
export class TenantApp extends App {
  /** Applied to the host cluster. */
  readonly host: Chart;
  /** Applied in the tenant's own cluster. */
  readonly virtual: readonly ManifestObject[];

  constructor({ tenant, host, pins }: TenantAppProps) {
    super();
    const limits = new Chart(this, 'limits', { disableResourceNameHashes: true });
    new DefaultLimits(limits, 'limits');
    const { id, name, plan, settings } = tenant;
    const chart = new WorkloadChart(this, 'workload', {
      tenant: { id, name, nodePort: plan.nodePort, settings },
      images: pins.images,
    } as WorkloadProps);
    const workload = objectsOf(chart);
    checkDemand(workload);
    this.virtual = [...objectsOf(limits), ...workload];

    this.host = new Chart(this, 'host', { disableResourceNameHashes: true });
    new HostNamespace(this.host, 'namespace', { tenant, nodePorts: nodePortsOf(workload) });
    new Isolation(this.host, 'isolation', {
      tenant,
      apiCidr: host.apiCidr,
      reached: reachedPods(workload),
    });
  }
}

/** A chart's objects as plain data, in the order in which they can be applied. */
export function objectsOf(chart: Chart): readonly ManifestObject[] {
  return chart.toJson() as ManifestObject[];
}

export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}
