import type { Conflict, Layer, Write } from './dry-run.ts';
import type { FieldChange } from './field-diff.ts';
import type { LiveVersions } from './live-versions.ts';

/** One thing that a deploy does, or that stands in its way. */
export type Change = ObjectChange | ReleaseChange | LifeCycleChange;

/** A change of one object, by its reference: `v1 ConfigMap default/tenant-id`. */
export type ObjectChange = { readonly layer: Layer; readonly object: string } & (
  | { readonly kind: 'create' }
  | {
      readonly kind: 'update';
      readonly fields: readonly FieldChange[];
      readonly method: Write['method'];
      readonly force: boolean;
      readonly leaves: readonly string[];
    }
  | { readonly kind: 'delete' }
  /** A field that cannot be changed: the object is deleted and made again. */
  | { readonly kind: 'recreate'; readonly why: string }
  /** Another manager has set fields of ours; nothing is written. */
  | { readonly kind: 'conflict'; readonly conflicts: readonly Conflict[] }
  /** It cannot be made as wanted; nothing is written. */
  | { readonly kind: 'refused'; readonly why: string }
);

/** Why Helm has to run for a release that is there. */
export type UpgradeReason =
  | { readonly what: 'status'; readonly status: string }
  | { readonly what: 'chart'; readonly from: string; readonly to: string }
  | { readonly what: 'values'; readonly fields: readonly FieldChange[] }
  /** Helm's record is not the one that deploy left, and may say anything. */
  | { readonly what: 'record' };

export type ReleaseChange = { readonly layer: 'vcluster' } & (
  | { readonly kind: 'install'; readonly chartVersion: string }
  | {
      readonly kind: 'upgrade';
      readonly reasons: readonly UpgradeReason[];
      /** The versions that it leaves, of which a snapshot is taken before; null where they stay. */
      readonly leaves: LiveVersions | null;
    }
);

export type LifeCycleChange = { readonly layer: 'vcluster' } & (
  | {
      readonly kind: 'scale';
      readonly from: number;
      readonly to: number;
      /** Pods that end with it and that nothing makes again: `namespace/name` inside. */
      readonly barePods: readonly string[];
    }
  /** Annotations of somebody's `vcluster pause`, by which `vcluster resume` would wake the tenant. */
  | { readonly kind: 'forget-pause'; readonly annotations: readonly string[] }
  /** Ends all pods of the namespace; `pods` is how many there are beside the control plane's. */
  | { readonly kind: 'remove-pods'; readonly pods: number }
);

/** Whether a change stands in the way of a tenant's deploy. */
export function isBlocked(
  change: Change,
): change is Extract<Change, { kind: 'conflict' | 'refused' }> {
  return change.kind === 'conflict' || change.kind === 'refused';
}
