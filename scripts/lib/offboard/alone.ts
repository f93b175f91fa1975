import { hostNamespace } from '@tenantry/tenants';
import { apply } from '../apply.ts';
import type { Host } from '../host.ts';
import { inventoryObject, readInventory, union } from '../inventory.ts';
import { getObjects, type KubeObject, kubectl, referenceOf } from '../kubectl.ts';
import { removePods } from '../pause-tenant.ts';
import { poll } from '../poll.ts';
import { waitForRollout } from '../rollout.ts';
import type { Place } from '../tenant-context.ts';

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
    metadata: { name: 'tenantry-alone', namespace: hostNamespace(id) },
    spec: { hard: { pods: '1' } },
  };
  const inventory = union(await readInventory(host, id), {
    host: [referenceOf(quota)],
    virtual: [],
  });
  await apply($, target, [inventoryObject(id, inventory), quota], { force: true });
  await quotaCounts(host, hostNamespace(id));
}

/** Runs a vcluster's control plane while `action` runs, and ends it whatever comes of that. */
export async function whileAlone<T>(
  host: Host,
  place: Place,
  action: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  await start(host, place, signal);
  try {
    return await action();
  } finally {
    if (!signal.aborted) await stop(host, place, signal);
  }
}

/** Scales a control plane up and waits until it answers. */
export async function start({ $, target }: Host, place: Place, signal: AbortSignal): Promise<void> {
  const workload = `statefulset/${place.name}`;
  await kubectl($, target, ['-n', place.namespace, 'scale', workload, '--replicas=1']);
  await waitForRollout($, target, {
    namespace: place.namespace,
    workloads: [workload],
    timeoutSeconds: CONTROL_PLANE_TIMEOUT_SECONDS,
    signal,
  });
}

async function stop(host: Host, place: Place, signal: AbortSignal): Promise<void> {
  const { $, target } = host;
  await kubectl($, target, [
    '-n',
    place.namespace,
    'scale',
    `statefulset/${place.name}`,
    '--replicas=0',
  ]);
  await removePods(host, place, signal);
}

/** A quota refuses everything until the host has counted; a pod refused then is tried again late. */
export async function quotaCounts({ $, target }: Host, namespace: string): Promise<void> {
  await poll(
    async () => {
      const quotas = await getObjects($, target, ['-n', namespace, 'resourcequotas']);
      const waiting = quotas.filter(
        ({ status }) => (status as { hard?: object } | undefined)?.hard === undefined,
      );
      return quotas.length > 0 && waiting.length === 0
        ? { done: true, result: undefined }
        : { done: false, evidence: waiting.map(referenceOf).join('\n') };
    },
    {
      what: `quota of ${namespace}`,
      timeoutSeconds: QUOTA_TIMEOUT_SECONDS,
      intervalMilliseconds: 300,
    },
  );
}
