import type { Gateway, Tenant } from '@tenantry/tenants';
import type { WorkloadProps } from '@tenantry/workload';
import { WorkloadChart } from '@tenantry/workload/chart';
import { App, Chart } from 'cdk8s';
import { DefaultLimits } from './default-limits.ts';
import { HostNamespace } from './host-namespace.ts';
import { Isolation } from './isolation.ts';
import { type ManifestObject, objectsOf } from './manifest-object.ts';
import { TenantRoute } from './tenant-route.ts';
import { checkVolumeArchives } from './volume-archives.ts';
import { checkDemand } from './workload-demand.ts';
import type { ReachedPods } from './workload-service.ts';

export interface TenantHostAppProps {
  readonly tenant: Pick<Tenant, 'id' | 'plan' | 'state' | 'hostnames'>;
  /** The addresses of the host's API server; null for any. */
  readonly apiCidr: string | null;
  /** The host's storage classes that tenants may have. */
  readonly storageClasses: readonly string[];
  /** The host's Gateway; null where tenants are not reached by names. */
  readonly gateway: Gateway | null;
  /** Whether Flux is let in to the virtual cluster. */
  readonly flux: boolean;
  /** How many NodePorts the workload has. */
  readonly nodePorts: number;
  /** The pods that it is reached by. */
  readonly reached: ReachedPods;
}

/** One tenant's objects in the host cluster: an App of its own, since one App for N is O(N²). */
export class TenantHostApp extends App {
  readonly chart: Chart;

  constructor(props: TenantHostAppProps) {
    super();
    const { tenant, apiCidr, gateway, flux, storageClasses, nodePorts, reached } = props;
    this.chart = new Chart(this, 'host', { disableResourceNameHashes: true });
    new HostNamespace(this.chart, 'namespace', { tenant, nodePorts, storageClasses });
    new Isolation(this.chart, 'isolation', { tenant, apiCidr, gateway, flux, reached });
    if (gateway !== null) new TenantRoute(this.chart, 'route', { tenant, gateway });
  }
}

/** What every tenant's cluster has, whosever it is. */
export class DefaultsApp extends App {
  readonly chart: Chart;

  constructor() {
    super();
    this.chart = new Chart(this, 'limits', { disableResourceNameHashes: true });
    new DefaultLimits(this.chart, 'limits');
  }
}

/** The workload in one tenant's cluster. @throws where it takes more than it says */
export class WorkloadApp extends App {
  readonly objects: readonly ManifestObject[];

  constructor(props: WorkloadProps) {
    super();
    this.objects = objectsOf(new WorkloadChart(this, 'workload', props));
    checkDemand(this.objects);
    checkVolumeArchives(this.objects);
  }
}
