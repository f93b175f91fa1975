import { TENANT_LABEL, TENANTS_SELECTOR } from '@tenantry/tenants';
import type { KubeObject, ObjectOf } from '@tenantry/plan';
import type { V1PersistentVolumeClaim } from '@tenantry/kube-library';
import type { Shell } from '../cli/shell.ts';
import { getObjects, type Target } from '../tools/kubectl.ts';

const TIMEOUT = '--request-timeout=10s';

/** What goes with a cluster, a line for each tenant with its volumes. @throws CommandError */
export async function clusterContents($: Shell, target: Target): Promise<readonly string[]> {
  const [namespaces, claims] = await Promise.all([
    getObjects($, target, ['namespaces', '--selector', TENANTS_SELECTOR, TIMEOUT]),
    getObjects($, target, ['persistentvolumeclaims', '--all-namespaces', TIMEOUT]),
  ]);
  return describeContents(namespaces, claims);
}

/** Namespaces with our labels, and every claim of the cluster, as lines for people. */
export function describeContents(
  namespaces: readonly KubeObject[],
  claims: readonly KubeObject[],
): readonly string[] {
  const owners = new Map(
    namespaces.map(({ metadata }) => [metadata.name, metadata.labels?.[TENANT_LABEL] ?? '?']),
  );
  const lines = [...owners.keys()].sort().map((namespace) => {
    const own = claims
      .filter(({ metadata }) => metadata.namespace === namespace)
      .map(describeClaim);
    return `tenant ${owners.get(namespace)}: ${own.length === 0 ? 'no volumes' : `${own.length === 1 ? 'volume' : 'volumes'} ${own.join(', ')}`}`;
  });
  const others = claims.filter(({ metadata }) => !owners.has(metadata.namespace ?? ''));
  return [
    ...(lines.length === 0 ? ['no tenants'] : lines),
    ...others.map(
      (claim) => `volume ${claim.metadata.namespace}/${describeClaim(claim)}, of no tenant`,
    ),
  ];
}

function describeClaim(claim: KubeObject): string {
  const { metadata, status, spec } = claim as ObjectOf<V1PersistentVolumeClaim>;
  const size = status?.capacity?.['storage'] ?? spec?.resources?.requests?.['storage'];
  return size === undefined ? metadata.name : `${metadata.name} (${size})`;
}
