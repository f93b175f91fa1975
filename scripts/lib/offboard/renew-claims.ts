import type { KubeObject, ObjectOf } from '@tenantry/plan';
import type { V1PersistentVolumeClaim } from '@tenantry/kube-library';
import type { KubeClient } from '../kube/client.ts';
import { apply, removeAndWait } from '../kube/requests.ts';

type Claim = ObjectOf<V1PersistentVolumeClaim>;

const GONE_TIMEOUT_SECONDS = 20;

/** What binding writes into a claim. */
const BINDING = /^(pv\.kubernetes\.io|volume\.kubernetes\.io|volume\.beta\.kubernetes\.io)\//;

/**
 * Makes anew the claims of a restored cluster that were bound: the volumes are gone that they name,
 * and no claim of a tenant may name one.
 */
export async function renewClaims(
  client: KubeClient,
  claims: readonly KubeObject[],
): Promise<void> {
  await removeAndWait(client, claims, { timeoutSeconds: GONE_TIMEOUT_SECONDS });
  for (const claim of claims) {
    await apply(client, unboundClaim(claim), { force: false, fieldManager: 'kubectl' });
  }
}

const DNS_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Whether an object is a claim that names its volume. */
export function isBoundClaim(object: KubeObject): boolean {
  const { apiVersion, kind, metadata } = object;
  const { volumeName } = (object as Claim).spec ?? {};
  return (
    apiVersion === 'v1' &&
    kind === 'PersistentVolumeClaim' &&
    DNS_NAME.test(metadata.name) &&
    DNS_NAME.test(metadata.namespace ?? '') &&
    volumeName !== undefined
  );
}

/** A claim as its owner wrote it. */
export function unboundClaim(claim: KubeObject): KubeObject {
  const { apiVersion, kind, metadata } = claim;
  const { name, namespace, labels = {}, annotations = {}, ownerReferences } = metadata;
  const kept = Object.entries(annotations).filter(([key]) => !BINDING.test(key));
  const { volumeName: _, ...asked } = (claim as Claim).spec ?? {};
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      labels,
      annotations: Object.fromEntries(kept),
      ...(ownerReferences && { ownerReferences }),
    },
    spec: asked,
  };
}
