import type { Release, ReleaseName } from './helm-release.ts';
import type { KubeObject } from './kube-object.ts';

/**
 * The objects of a release as they are to be: as rendered, with what Helm adds to each. How many
 * control planes run is not the chart's to say but the tenant's state.
 */
export function chartObjects(
  { objects }: Pick<Release, 'objects'>,
  { name, namespace }: ReleaseName,
): readonly KubeObject[] {
  return objects.map((object) => {
    const { labels, annotations } = object.metadata;
    const metadata = {
      ...object.metadata,
      labels: { ...labels, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        ...annotations,
        'meta.helm.sh/release-name': name,
        'meta.helm.sh/release-namespace': namespace,
      },
    };
    if (object.kind !== 'StatefulSet') return { ...object, metadata };
    const { replicas: _replicas, ...spec } = object['spec'] as Record<string, unknown>;
    return { ...object, metadata, spec };
  });
}
