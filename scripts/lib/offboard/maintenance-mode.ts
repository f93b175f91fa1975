import { hostNamespace, MAINTENANCE_QUOTA } from '@tenantry/tenants';
import { readRecord } from '../cluster/records.ts';
import type { KubeClient } from '../kube/client.ts';
import { list, put, remove } from '../kube/requests.ts';
import { createNotes } from '../deploy/notes.ts';
import { type KubeObject, type ObjectOf, type Place, referenceOf, union } from '@tenantry/plan';
import type { V1ResourceQuota } from '@tenantry/kube-library';
import { endPods, scale } from '../deploy/pause-tenant.ts';
import { poll } from '../kube/wait.ts';
import { watchRollout } from '../kube/watch-rollout.ts';

const QUOTA_TIMEOUT_SECONDS = 60;
const CONTROL_PLANE_TIMEOUT_SECONDS = 300;

/**
 * Admits no pod into a tenant's namespace on the host but its control plane. The quota is noted in
 * the inventory first, so that the next deploy of the tenant as active takes it away.
 */
export async function admitNoTenantPods(host: KubeClient, id: string): Promise<void> {
  const quota = quotaOf(id);
  const record = await readRecord(host, id);
  const applied = { host: [referenceOf(quota)], virtual: [], release: null };
  await createNotes(host, id, record).store(union(record.inventory, applied));
  await put(host, quota);
  await quotaCounts(host, hostNamespace(id));
}

/** Ends that, as the next deploy of the tenant as active does. */
export async function admitTenantPods(host: KubeClient, id: string): Promise<void> {
  await remove(host, quotaOf(id));
}

function quotaOf(id: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: MAINTENANCE_QUOTA, namespace: hostNamespace(id) },
    spec: { hard: { pods: '1' } },
  };
}

/** Runs a vcluster's control plane while `action` runs, and ends it whatever comes of that. */
export async function inMaintenanceMode<T>(
  host: KubeClient,
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
export async function start(host: KubeClient, place: Place, signal: AbortSignal): Promise<void> {
  await scale(host, place, 1);
  const workload = { apiVersion: 'apps/v1', kind: 'StatefulSet', ...place };
  await watchRollout(host, workload, { timeoutSeconds: CONTROL_PLANE_TIMEOUT_SECONDS, signal });
}

async function stop(host: KubeClient, place: Place, signal: AbortSignal): Promise<void> {
  await scale(host, place, 0);
  await endPods(host, place, signal);
}

/** A quota refuses everything until the host has counted; a pod refused then is tried again late. */
async function quotaCounts(host: KubeClient, namespace: string): Promise<void> {
  await poll(
    async () => {
      const quotas = await list(host, { kind: 'ResourceQuota', namespace });
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
