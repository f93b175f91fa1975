import { FLUX_NAMESPACE, FLUX_ROOT, MANAGED_BY, MANAGED_BY_LABEL } from '@tenantry/tenants';
import type { KustomizationSpec } from '../generated/kustomization.ts';

/** On an object that Flux must not delete because it is missing: with it data would go. */
export const NOT_PRUNED = { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' } as const;

export const MANAGED = { [MANAGED_BY_LABEL]: MANAGED_BY } as const;

/** What fails is tried again so soon: most of it waits for something else. */
export const RETRY_INTERVAL = '30s';
export const TIMEOUT = '5m';
/** One that waits for a tenant's own cluster holds a worker of Flux's for all. */
export const VIRTUAL_TIMEOUT = '1m';

export const SOURCE = { kind: 'OCIRepository', name: FLUX_ROOT } as const;

/** The source, from another namespace than its own. */
export const CROSS_NAMESPACE_SOURCE = { ...SOURCE, namespace: FLUX_NAMESPACE } as const;

/**
 * What all our Kustomizations have in common. Flux deletes what has left a directory, as deploy does,
 * but no namespace; and where a whole tenant has left dist/, it stays as it is.
 */
export function kustomizationDefaults(interval: string) {
  return {
    interval,
    retryInterval: RETRY_INTERVAL,
    timeout: TIMEOUT,
    prune: true,
    deletionPolicy: 'Orphan',
    sourceRef: SOURCE,
  } satisfies Partial<KustomizationSpec>;
}

/** The same for objects of ours, among which a Namespace may be. */
export const NAMESPACES_STAY = {
  patches: [
    {
      target: { kind: 'Namespace' },
      // Its name is that of each Namespace that there is.
      patch: JSON.stringify({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'any', annotations: NOT_PRUNED },
      }),
    },
  ],
} satisfies Partial<KustomizationSpec>;
