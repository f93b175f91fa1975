import type { Tenant } from '@tenantry/tenants';
import { App, Chart } from 'cdk8s';
import { DefaultLimits } from './default-limits.ts';
import { HostNamespace } from './host-namespace.ts';
import { Isolation } from './isolation.ts';
import { Whoami, type WhoamiProps } from './whoami.ts';

export interface TenantHostAppProps {
  readonly tenant: Pick<Tenant, 'id' | 'plan'>;
  /** The addresses of the host's API server; null for any. */
  readonly apiCidr: string | null;
}

/** One tenant's objects in the host cluster: an App of its own, since one App for N is O(N²). */
export class TenantHostApp extends App {
  readonly chart: Chart;

  constructor({ tenant, apiCidr }: TenantHostAppProps) {
    super();
    this.chart = new Chart(this, 'host', { disableResourceNameHashes: true });
    new HostNamespace(this.chart, 'namespace', { tenant });
    new Isolation(this.chart, 'isolation', { tenant, apiCidr });
  }
}

/** What every tenant's cluster has, whosever it is. */
export class DefaultsApp extends App {
  readonly chart: Chart;

  constructor() {
    super();
    this.chart = new Chart(this, 'virtual', { disableResourceNameHashes: true });
    new DefaultLimits(this.chart, 'limits');
  }
}

/** The service in one tenant's cluster. */
export class ServiceApp extends App {
  readonly chart: Chart;

  constructor(props: WhoamiProps) {
    super();
    this.chart = new Chart(this, 'virtual', { disableResourceNameHashes: true });
    new Whoami(this.chart, 'whoami', props);
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
