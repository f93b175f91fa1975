import { type KubeObject, type ObjectIdentity, type ObjectOf, referenceOf } from '@tenantry/plan';
import type { V1Service } from '@tenantry/kube-library';
import { ApiError, type KubeClient } from './client.ts';
import { mergePatch } from './requests.ts';

/**
 * Takes the finalizers of an object away whose deletion has been asked for: nothing can add one to
 * it any more. An object that is gone by now is fine. @throws ApiError
 */
export async function removeFinalizers(client: KubeClient, object: ObjectIdentity): Promise<void> {
  try {
    await mergePatch(client, object, { metadata: { finalizers: null } });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

/**
 * The kinds that the Role of vcluster's chart lets a syncer write, or that a host makes of them. A
 * namespace that ends needs none of their finalizers; load
 * balancers are the exception.
 */
const SYNCED_KINDS: ReadonlySet<string> = new Set([
  'v1 ConfigMap',
  'v1 Endpoints',
  'v1 Event',
  'v1 PersistentVolumeClaim',
  'v1 Pod',
  'v1 Secret',
  'v1 Service',
  'v1 ServiceAccount',
  'apps/v1 Deployment',
  'apps/v1 ReplicaSet',
  'apps/v1 StatefulSet',
  'coordination.k8s.io/v1 Lease',
  'discovery.k8s.io/v1 EndpointSlice',
  'events.k8s.io/v1 Event',
  'networking.k8s.io/v1 Ingress',
  'networking.k8s.io/v1 NetworkPolicy',
  'policy/v1 PodDisruptionBudget',
]);

/** What has a life outside of the cluster: without its finalizer nobody would take it away. */
function isKept(object: KubeObject): boolean {
  return object.kind === 'Service' && (object as ObjectOf<V1Service>).spec?.type === 'LoadBalancer';
}

/** Objects that are being deleted and have finalizers: whose we may remove, and lines on the others. */
export function finalizedObjects(objects: readonly KubeObject[]): {
  readonly removable: readonly KubeObject[];
  readonly stuck: readonly string[];
} {
  const held = objects.filter(
    ({ metadata }) => metadata.deletionTimestamp !== undefined && finalizersOf(metadata).length > 0,
  );
  const { removable = [], stuck = [] } = Object.groupBy(held, (object) =>
    SYNCED_KINDS.has(`${object.apiVersion} ${object.kind}`) && !isKept(object)
      ? 'removable'
      : 'stuck',
  );
  const describe = (object: KubeObject) =>
    `${referenceOf(object)}: finalizers ${finalizersOf(object.metadata).join(', ')}`;
  return { removable, stuck: stuck.map(describe) };
}

function finalizersOf({ finalizers = [] }: KubeObject['metadata']): readonly string[] {
  return finalizers;
}
