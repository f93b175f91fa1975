import type { State, Wave } from '@tenantry/tenants';
import type { KubeObject } from './kube-object.ts';

/** What a plan has to know of a tenant's directory in dist/. */
export interface WantedTenant {
  readonly id: string;
  readonly state: State;
  /** References of the workload's images, by their names. */
  readonly images: Readonly<Record<string, string>>;
  /** Of the vcluster chart. */
  readonly chartVersion: string;
  readonly wave: Wave;
  readonly hostObjects: readonly KubeObject[];
  readonly virtualObjects: readonly KubeObject[];
  /** The vcluster's values. */
  readonly values: unknown;
}
