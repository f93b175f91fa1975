import type { Engine } from '@tenantry/tenants';
import type { ReleaseRecords } from './helm-release.ts';
import type { KubeObject } from './kube-object.ts';
import type { ClusterBlock } from './openings.ts';
import type { ObjectsSeen } from './plan-objects.ts';
import type { TenantRecord } from './record.ts';

/** What the clusters show, as far as it is needed to say what a deploy would do. */
export interface Observed {
  /** The host's context. */
  readonly context: string;
  readonly hostWide: ObjectsSeen;
  /** What was noted of the host-wide objects. */
  readonly hostWideRecord: TenantRecord;
  readonly tenants: ReadonlyMap<string, ObservedTenant>;
  /** Namespaces, control planes and pods of all tenants, also of those that are not asked for. */
  readonly objects: readonly KubeObject[];
  /** The host's own addresses; none where no tenant's plan opens any outside of the cluster. */
  readonly clusterBlocks: readonly ClusterBlock[];
  /** Ids of the tenants that have a namespace of ours. */
  readonly live: readonly string[];
}

/** What the host shows of a tenant, and what its own cluster does. */
export interface ObservedTenant {
  readonly namespace: KubeObject | null;
  readonly record: TenantRecord;
  /** The objects of dist/, and those of the inventory. */
  readonly host: ObjectsSeen;
  readonly release: ObservedRelease;
  readonly statefulSet: KubeObject | null;
  /** The control plane's pods. */
  readonly controlPlane: readonly KubeObject[];
  /** All other pods of its namespace. */
  readonly pods: readonly KubeObject[];
  readonly virtual: ObservedVirtual;
}

export interface ObservedRelease {
  /** Whose Helm has kept the records: Flux's does where no tenant can write. */
  readonly keeper: Engine;
  /** Names, uids and versions of the Secrets with Helm's records, as a hash; null where there are none. */
  readonly secrets: string | null;
  /** What they say; null where it was not needed to read them. */
  readonly records: ReleaseRecords | null;
  /** The chart's objects as Helm's newest record has them, compared with those that live. */
  readonly chart: { readonly wanted: readonly KubeObject[]; readonly seen: ObjectsSeen } | null;
  /** The chart's objects that are noted, as they live. */
  readonly live: ReadonlyMap<string, KubeObject>;
}

export type ObservedVirtual =
  /** Of a tenant that is held paused, or has no cluster yet. */
  | { readonly kind: 'none' }
  | { readonly kind: 'seen'; readonly seen: ObjectsSeen }
  /** There is a cluster, but it does not answer, or not yet. */
  | { readonly kind: 'unseen'; readonly why: string };
