import type { Host } from '@tenantry/tenants';
import { App, Chart } from 'cdk8s';
import { AccountPolicy } from './account-policy.ts';
import { ClaimPolicy } from './claim-policy.ts';
import { MetadataPolicy } from './metadata-policy.ts';
import { PausePage } from './pause-page.ts';
import { PodPolicy } from './pod-policy.ts';
import { RecordPolicy } from './record-policy.ts';
import { RoutePolicy } from './route-policy.ts';
import { ServicePolicy } from './service-policy.ts';
import { TenantPodPolicy } from './tenant-pod-policy.ts';

export interface HostAppProps {
  readonly host: Host;
  /** Reference of the image of the page that stands for paused tenants. */
  readonly pausePage: string;
}

/** What the host cluster needs once, whoever its tenants are. */
export class HostApp extends App {
  readonly chart: Chart;

  constructor({ host, pausePage }: HostAppProps) {
    super();
    this.chart = new Chart(this, 'host', { disableResourceNameHashes: true });
    new AccountPolicy(this.chart, 'accounts');
    new PodPolicy(this.chart, 'pods', host);
    new TenantPodPolicy(this.chart, 'tenant-pods');
    new MetadataPolicy(this.chart, 'metadata', host);
    new RecordPolicy(this.chart, 'records');
    new ServicePolicy(this.chart, 'services');
    new ClaimPolicy(this.chart, 'claims', host);
    if (host.gateway !== null) {
      new RoutePolicy(this.chart, 'routes');
      new PausePage(this.chart, 'pause-page', { image: pausePage, gateway: host.gateway });
    }
  }
}
