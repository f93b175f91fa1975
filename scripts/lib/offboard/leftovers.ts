import { hostNamespace, scratchNamespace, TENANT_LABEL } from '@tenantry/tenants';
import type { Host } from '../cluster/host.ts';
import { getObjects, type KubeObject, referenceOf, resourceNames } from '../tools/kubectl.ts';
import { type Look, poll } from '../kube/wait.ts';

/** Provisioners take a volume away some time after its claim. */
const VOLUMES_TIMEOUT_SECONDS = 90;

/**
 * Waits until nothing on the host is a tenant's any more: no namespace, with all that lay in it, no
 * volume, nothing cluster-scoped. @throws WaitError naming what stays
 */
export async function waitForNoLeftovers(
  host: Host,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const look = async (): Promise<Look<void>> => {
    const left = leftoversOf(id, await clusterScoped(host));
    return left.length === 0
      ? { done: true, result: undefined }
      : { done: false, evidence: left.map(describe).join('\n') };
  };
  await poll(look, { what: `leftovers of ${id}`, timeoutSeconds: VOLUMES_TIMEOUT_SECONDS, signal });
}

/** The cluster-scoped objects that are one tenant's. */
export function leftoversOf(id: string, objects: readonly KubeObject[]): readonly KubeObject[] {
  const namespaces = [hostNamespace(id), scratchNamespace(id)];
  return objects.filter(({ kind, metadata, spec }) => {
    const { labels = {}, annotations = {}, name } = metadata;
    const { claimRef } = (spec ?? {}) as { claimRef?: { namespace?: string } };
    return (
      labels[TENANT_LABEL] === id ||
      (kind === 'Namespace' && namespaces.includes(name)) ||
      namespaces.includes(claimRef?.namespace ?? '') ||
      namespaces.includes(annotations['meta.helm.sh/release-namespace'] ?? '') ||
      // The chart's own form for what it makes outside of its namespace.
      namespaces.some((namespace) => name.endsWith(`-v-${namespace}`))
    );
  });
}

async function clusterScoped({ $, target }: Host): Promise<readonly KubeObject[]> {
  const flags = ['--namespaced=false', '--verbs=list,delete'];
  const resources = await resourceNames($, target, flags);
  return getObjects($, target, [resources.join(',')]);
}

function describe(object: KubeObject): string {
  const { persistentVolumeReclaimPolicy } = (object['spec'] ?? {}) as {
    persistentVolumeReclaimPolicy?: string;
  };
  return persistentVolumeReclaimPolicy === 'Retain'
    ? `${referenceOf(object)}: its class keeps volumes; kubectl delete pv ${object.metadata.name} once its data may go`
    : referenceOf(object);
}
