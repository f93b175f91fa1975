/** What every tenant's manifests share beside tenants.json. */
export interface Pins {
  /** References of the workload's images, with tag or digest. */
  readonly images: Readonly<Record<string, string>>;
  /** Reference of the image of the page that stands for paused tenants. */
  readonly pausePage: string;
}
