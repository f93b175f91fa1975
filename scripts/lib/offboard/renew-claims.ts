import { type KubeObject, type ObjectOf, referenceOf } from '@tenantry/plan';
import type { V1PersistentVolumeClaim } from '@tenantry/kube-library';
import type { KubeClient } from '../kube/client.ts';
import { apply, read, remove } from '../kube/requests.ts';
import { poll } from '../kube/wait.ts';

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
  await Promise.all(claims.map((claim) => remove(client, claim)));
  await poll(
    async () => {
      const found = await Promise.all(claims.map((claim) => read(client, claim)));
      const left = claims.filter(
        ({ metadata }, index) => found[index]?.metadata.uid === metadata.uid,
      );
      return left.length === 0
        ? { done: true, result: undefined }
        : { done: false, diagnostics: left.map(referenceOf).join('\n') };
    },
    { what: 'end of the former claims', timeoutSeconds: GONE_TIMEOUT_SECONDS },
  );
  for (const claim of claims) {
    // A StatefulSet may have made its own again.
    if ((await read(client, claim)) !== null) continue;
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
