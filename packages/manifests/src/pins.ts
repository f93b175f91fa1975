/** What every tenant's manifests share beside tenants.json. */
export interface Pins {
  /** References of the workload's images, with tag or digest. */
  readonly images: Readonly<Record<string, string>>;
  /** Reference of the image of the page that stands for paused tenants. */
  readonly pausePage: string;
  /** Version of the vcluster chart and images, without a `v`: `0.36.0`. */
  readonly vcluster: string;
  /** Kubernetes version inside the virtual clusters, with its `v`: `v1.36.3`. */
  readonly kubernetes: string;
}
