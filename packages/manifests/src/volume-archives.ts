import { type Workload, workload } from '@tenantry/workload';
import type { ManifestObject } from './manifest-object.ts';

interface StatefulSet extends ManifestObject {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly name: string }[] };
    };
    readonly volumeClaimTemplates?: readonly object[];
  };
}

/**
 * Holds what the workload says of its volumes' archives to the chart: what only shows when a tenant
 * ends shows too late. @throws Error
 */
export function checkVolumeArchives(
  objects: readonly ManifestObject[],
  {
    volumeArchives = {},
    service: { namespace },
  }: Pick<Workload, 'volumeArchives' | 'service'> = workload,
): void {
  for (const [name, { container }] of Object.entries(volumeArchives)) {
    const found = objects.find(
      (object): object is StatefulSet =>
        object.kind === 'StatefulSet' &&
        object.metadata.name === name &&
        object.metadata.namespace === namespace,
    );
    const { template, volumeClaimTemplates = [] } = found?.spec ?? {};
    const containers = template?.spec.containers.map((each) => each.name) ?? [];
    if (containers.includes(container) && volumeClaimTemplates.length > 0) continue;
    throw new Error(
      `the workload archives the volumes of StatefulSet ${namespace}/${name} by its container ${container}, and its chart makes none like that\n  → packages/workload/src/workload.ts: let "volumeArchives" name a StatefulSet with volumeClaimTemplates, and its container`,
    );
  }
}
