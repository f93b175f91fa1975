import type { V1PersistentVolumeClaim, V1Pod, V1StatefulSet } from '@tenantry/kube-library';
import type { KubeObject, ObjectOf } from '@tenantry/plan';
import { syncedName } from '@tenantry/tenants';
import { type VolumeArchive, workload } from '@tenantry/workload';
import { ExpectedError } from '../cli/errors.ts';

type PodSpec = NonNullable<ObjectOf<V1Pod>['spec']>;
type ClaimSpec = NonNullable<ObjectOf<V1PersistentVolumeClaim>['spec']>;

/** The data of one pod of a StatefulSet, as it goes into an archive and comes back. */
export interface VolumeStream {
  /** The pod's name in the tenant's cluster: `orders-0`. */
  readonly name: string;
  readonly namespace: string;
  readonly claims: readonly StreamClaim[];
  readonly method: VolumeArchive;
  /** Of the StatefulSet in dist/. */
  readonly pod: PodSpec;
}

/** A claim that the StatefulSet makes for the pod. */
export interface StreamClaim {
  /** As the pod's containers mount it. */
  readonly volume: string;
  readonly name: string;
  readonly spec: ClaimSpec;
}

/** What of a tenant's volumes the workload says how to archive. @throws where dist/ lacks what it names */
export function volumeStreams(
  virtualObjects: readonly KubeObject[],
  archives: Readonly<Record<string, VolumeArchive>> = workload.volumeArchives ?? {},
): readonly VolumeStream[] {
  const { namespace } = workload.service;
  return Object.entries(archives).flatMap(([name, method]) => {
    const { spec } = statefulSet(virtualObjects, namespace, name);
    const templates = spec?.volumeClaimTemplates ?? [];
    const pod = spec?.template.spec ?? { containers: [] };
    return Array.from({ length: spec?.replicas ?? 1 }, (_, ordinal) => ({
      name: `${name}-${ordinal}`,
      namespace,
      method,
      pod,
      claims: templates.map(({ metadata, spec: claim }) => ({
        volume: metadata?.name ?? '',
        name: `${metadata?.name}-${name}-${ordinal}`,
        spec: claim ?? {},
      })),
    }));
  });
}

function statefulSet(
  objects: readonly KubeObject[],
  namespace: string,
  name: string,
): ObjectOf<V1StatefulSet> {
  const found = objects.find(
    ({ kind, metadata }) =>
      kind === 'StatefulSet' && metadata.name === name && metadata.namespace === namespace,
  );
  if (found !== undefined) return found;
  throw new ExpectedError(
    `the workload archives StatefulSet ${namespace}/${name}, which is not in dist/\n  → make packages/workload/src/workload.ts and chart.ts name the same one, then pnpm synth`,
  );
}

/** What the host calls the claims of a stream. */
export function hostClaims({ claims, namespace }: VolumeStream, id: string): readonly string[] {
  return claims.map(({ name }) => syncedName(name, namespace, id));
}

/** The streams of those volumes of a tenant that are there, and the volumes that no stream is of. */
export function splitVolumes<Volume extends { readonly name: string }>(
  id: string,
  volumes: readonly Volume[],
  streams: readonly VolumeStream[],
): { readonly streams: readonly VolumeStream[]; readonly rest: readonly Volume[] } {
  const there = new Set(volumes.map(({ name }) => name));
  const whole = streams.filter((stream) => hostClaims(stream, id).every((name) => there.has(name)));
  const archived = new Set(whole.flatMap((stream) => hostClaims(stream, id)));
  return { streams: whole, rest: volumes.filter(({ name }) => !archived.has(name)) };
}
