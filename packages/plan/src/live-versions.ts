import type { V1StatefulSet } from '@kubernetes/client-node';
import { valueAt } from '@tenantry/tenants';
import type { KubeObject, ObjectOf } from './kube-object.ts';
import { KUBERNETES_TAG } from './version-obstacle.ts';
import type { WantedTenant } from './wanted.ts';

/** What a control plane is of, without a `v`; null where its images do not say. */
export interface LiveVersions {
  readonly vcluster: string | null;
  readonly kubernetes: string | null;
}

/**
 * The versions that an upgrade leaves, as the images of the control plane say; null where they stay, or
 * do not say.
 */
export function versionsLeft(
  { chartVersion, values }: Pick<WantedTenant, 'chartVersion' | 'values'>,
  statefulSet: KubeObject | null,
): LiveVersions | null {
  if (statefulSet === null) return null;
  const live = liveVersions(statefulSet);
  const wanted = { vcluster: chartVersion, kubernetes: versionIn(valueAt(values, KUBERNETES_TAG)) };
  const differs = (key: keyof LiveVersions) =>
    live[key] !== null && wanted[key] !== null && live[key] !== wanted[key];
  return differs('vcluster') || differs('kubernetes') ? live : null;
}

/** What the images of a control plane say. */
export function liveVersions(statefulSet: ObjectOf<V1StatefulSet>): LiveVersions {
  const { initContainers = [], containers = [] } = statefulSet.spec?.template?.spec ?? {};
  const versionOf = (container: string): string | null => {
    const { image = '' } =
      [...initContainers, ...containers].find(({ name }) => name === container) ?? {};
    return versionIn(image.split(':').at(-1));
  };
  return { vcluster: versionOf('syncer'), kubernetes: versionOf('kubernetes') };
}

function versionIn(tag: unknown): string | null {
  return /^v?(\d{1,4}\.\d{1,4}\.\d{1,4})$/.exec(String(tag))?.[1] ?? null;
}
