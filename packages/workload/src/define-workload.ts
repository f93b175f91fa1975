import type { z } from 'zod';

/** What runs in every tenant's cluster; the chart beside it makes the objects. */
export interface Workload<
  Settings extends z.ZodType = z.ZodType,
  Images extends Readonly<Record<string, Image>> = Readonly<Record<string, Image>>,
> {
  /** The images of its containers by a name of one's own, which the chart gets their references by. */
  readonly images: Images;
  /** What stands under `settings` of a tenant in tenants.json. */
  readonly settings: Settings;
  /** The Service that it is reached by. */
  readonly service: ServiceAddress;
  readonly check: Check<z.output<Settings>>;
  /** What its pods take; plans, quotas and rollouts are made to fit. */
  readonly pods: readonly PodDemand[];
  /**
   * How the volumes of its StatefulSets get into the archive of a tenant that ends, by the
   * StatefulSets' names. @default none does
   */
  readonly volumeArchives?: Readonly<Record<string, VolumeArchive>>;
}

/** Built from this repository, or pulled by its digest. */
export type Image =
  /** The directory of the Dockerfile, from the root of the repository. */
  { readonly build: string } | { readonly pull: `${string}@sha256:${string}` };

export interface ServiceAddress {
  /** Inside the tenant's cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /** What its pods listen on. */
  readonly targetPort: number;
}

/** What says that a tenant's service works, once everything is rolled out. */
export type Check<Settings = unknown> =
  /** GET of a path of the Service answers this text, or any with a status of 2xx. */
  | {
      readonly kind: 'http';
      readonly path: string;
      answer?(tenant: CheckedTenant<Settings>): string;
    }
  /** The Service's port takes a connection. */
  | { readonly kind: 'tcp' }
  /** It works when it is rolled out. */
  | { readonly kind: 'none' };

export interface CheckedTenant<Settings> {
  readonly id: string;
  readonly name: string;
  readonly settings: Settings;
}

/** What the pods of one Deployment, StatefulSet or the like take. */
export interface PodDemand {
  /** How many there are. */
  readonly replicas: number;
  /** How many there are beside them during a rollout. */
  readonly surge: number;
  /** Of all containers of one pod together, in Kubernetes' quantities. */
  readonly resources: PodResources;
  /** What the claims of one pod ask for, a quantity of bytes. @default none */
  readonly storage?: string;
}

/**
 * The data of a StatefulSet's volumes as a stream. Both commands run where the StatefulSet's own
 * container does, while nothing else of the tenant runs, and without what is from ConfigMaps and
 * Secrets.
 */
export interface VolumeArchive {
  readonly container: string;
  /** Writes all data to standard output: the same bytes for the same data. */
  readonly dump: readonly string[];
  /** Reads what `dump` wrote from standard input; what was there before is gone afterwards. */
  readonly restore: readonly string[];
}

export interface PodResources {
  readonly requests: ResourceAmounts;
  readonly limits: ResourceAmounts;
}

export interface ResourceAmounts {
  readonly cpu: string;
  readonly memory: string;
  /** Of the node's own disk: logs, scratch files, emptyDirs. */
  readonly 'ephemeral-storage': string;
}

/** What the chart is made from. */
export interface ChartProps<W extends Workload> {
  readonly tenant: {
    readonly id: string;
    readonly name: string;
    /** Whether clients outside the cluster reach the Service by its NodePort. */
    readonly nodePort: 'open' | 'closed';
    readonly settings: z.output<W['settings']>;
  };
  /** The images' references, with tag or digest. */
  readonly images: Readonly<Record<keyof W['images'], string>>;
}

export function defineWorkload<
  Settings extends z.ZodType,
  const Images extends Readonly<Record<string, Image>>,
>(workload: Workload<Settings, Images>): Workload<Settings, Images> {
  return workload;
}
