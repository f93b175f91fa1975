import type { Host } from '@tenantry/tenants';
import { App, Chart } from 'cdk8s';
import { ClaimPolicy } from './claim-policy.ts';
import { PodPolicy } from './pod-policy.ts';
import { ServicePolicy } from './service-policy.ts';
import { VolumePolicy } from './volume-policy.ts';

export interface HostAppProps {
  readonly host: Host;
}

/** What the host cluster needs once, whoever its tenants are. */
export class HostApp extends App {
  readonly chart: Chart;

  constructor({ host }: HostAppProps) {
    super();
    this.chart = new Chart(this, 'host', { disableResourceNameHashes: true });
    new PodPolicy(this.chart, 'pods', { priorityClasses: host.priorityClasses });
    new ServicePolicy(this.chart, 'services');
    new ClaimPolicy(this.chart, 'claims', { storageClasses: host.storageClasses });
    new VolumePolicy(this.chart, 'volumes');
  }
}
