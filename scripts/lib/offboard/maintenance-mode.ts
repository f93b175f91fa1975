import { hostNamespace, MAINTENANCE_QUOTA } from '@tenantry/tenants';
import { apply } from '../kube/server-side-apply.ts';
import type { Host } from '../cluster/host.ts';
import { type KubeObject, type ObjectOf, type Place, referenceOf, union } from '@tenantry/plan';
import type { V1ResourceQuota } from '@kubernetes/client-node';
import { readInventory, recordInventory } from '../deploy/inventory-record.ts';
import { getObjects } from '../tools/kubectl.ts';
import { endPods, scale } from '../deploy/pause-tenant.ts';
import { poll } from '../kube/wait.ts';
import { waitForRollout } from '../kube/rollout.ts';

const QUOTA_TIMEOUT_SECONDS = 60;
const CONTROL_PLANE_TIMEOUT_SECONDS = 300;

/**
 * Admits no pod into a tenant's namespace on the host but its control plane. The quota is noted in
 * the inventory first, so that the next deploy of the tenant as active takes it away.
 */
export async function admitNoTenantPods(host: Host, id: string): Promise<void> {
  const { $, target } = host;
  const quota: KubeObject = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: MAINTENANCE_QUOTA, namespace: hostNamespace(id) },
    spec: { hard: { pods: '1' } },
  };
  const stored = await readInventory(host, id);
  const applied = { host: [referenceOf(quota)], virtual: [], release: null };
  await recordInventory(host, id, stored, union(stored.inventory, applied));
  await apply($, target, [quota], { force: true });
  await quotaCounts(host, hostNamespace(id));
}

/** Runs a vcluster's control plane while `action` runs, and ends it whatever comes of that. */
export async function inMaintenanceMode<T>(
  host: Host,
  place: Place,
  action: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  await using stack = new AsyncDisposableStack();
  await start(host, place, signal);
  stack.defer(() => (signal.aborted ? undefined : stop(host, place, signal)));
  return await action();
}

/** Scales a control plane up and waits until it answers. */
export async function start(host: Host, place: Place, signal: AbortSignal): Promise<void> {
  await scale(host, place, 1);
  await waitForRollout(host.$, host.target, {
    namespace: place.namespace,
    workloads: [`statefulset/${place.name}`],
    timeoutSeconds: CONTROL_PLANE_TIMEOUT_SECONDS,
    signal,
  });
}

async function stop(host: Host, place: Place, signal: AbortSignal): Promise<void> {
  await scale(host, place, 0);
  await endPods(host, place, signal);
}

/** A quota refuses everything until the host has counted; a pod refused then is tried again late. */
async function quotaCounts({ $, target }: Host, namespace: string): Promise<void> {
  await poll(
    async () => {
      const quotas = await getObjects($, target, ['-n', namespace, 'resourcequotas']);
      const waiting = quotas.filter(
        (each) => (each as ObjectOf<V1ResourceQuota>).status?.hard === undefined,
      );
      return quotas.length > 0 && waiting.length === 0
        ? { done: true, result: undefined }
        : { done: false, diagnostics: waiting.map(referenceOf).join('\n') };
    },
    {
      what: `quota of ${namespace}`,
      timeoutSeconds: QUOTA_TIMEOUT_SECONDS,
      intervalMilliseconds: 300,
    },
  );
}
