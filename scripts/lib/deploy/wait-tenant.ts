import { type KubeObject, placeOf, routeFaults } from '@tenantry/plan';
import type { Connections } from '../cluster/connections.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Look } from '../kube/wait.ts';
import { watchUntil } from '../kube/watch.ts';
import { watchRollout } from '../kube/watch-rollout.ts';

const CONTROL_PLANE_TIMEOUT_SECONDS = 300;
const CREDENTIALS_TIMEOUT_SECONDS = 180;
const WORKLOAD_TIMEOUT_SECONDS = 180;
const DEFAULT_ACCOUNT_TIMEOUT_SECONDS = 180;
const ROUTE_TIMEOUT_SECONDS = 60;

/** What is rolled out, and so waited for. */
export const ROLLED_OUT_KINDS = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

interface Waiting {
  readonly connections: Connections;
  readonly signal: AbortSignal;
}

export function waitForControlPlane({ connections, signal }: Waiting, id: string): Promise<void> {
  const workload = { apiVersion: 'apps/v1', kind: 'StatefulSet', ...placeOf(id) };
  const timeoutSeconds = CONTROL_PLANE_TIMEOUT_SECONDS;
  return watchRollout(connections.host, workload, { timeoutSeconds, signal });
}

/** Waits for what answers names in a tenant's cluster: it is ready once it has read the Services. */
export async function waitForDns({ signal }: Waiting, client: KubeClient): Promise<void> {
  const dns = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'kube-system',
    name: 'coredns',
  };
  await watchRollout(client, dns, { timeoutSeconds: WORKLOAD_TIMEOUT_SECONDS, signal });
}

/** The way to a tenant's own cluster, once it has written its credentials. */
export async function virtualClient(
  { connections, signal }: Waiting,
  id: string,
): Promise<KubeClient> {
  const known = await connections.virtual(id);
  if (known !== null) return known;
  const { namespace, name } = placeOf(id);
  return watchUntil(
    connections.host,
    [{ kind: 'Secret', namespace, selector: `app=vcluster,vcluster-name=${name}` }],
    async (): Promise<Look<KubeClient>> => {
      const opened = await connections.virtual(id);
      return opened === null
        ? { done: false, diagnostics: `Secret vc-${name} has no credentials yet` }
        : { done: true, result: opened };
    },
    { what: `credentials of ${name}`, timeoutSeconds: CREDENTIALS_TIMEOUT_SECONDS, signal },
  );
}

/** Waits until the Gateway sends requests where a tenant's route says. */
export async function waitForRoutes(
  { connections, signal }: Waiting,
  routes: readonly KubeObject[],
): Promise<void> {
  for (const { apiVersion, kind, metadata } of routes) {
    const look = (objects: readonly KubeObject[]): Look<void> => {
      const route = objects.find(({ metadata: { name } }) => name === metadata.name);
      const faults = route === undefined ? ['it is not there'] : routeFaults(route);
      return faults.length === 0
        ? { done: true, result: undefined }
        : { done: false, diagnostics: faults.join('\n') };
    };
    const { namespace = '' } = metadata;
    await watchUntil(connections.host, [{ apiVersion, kind, namespace }], look, {
      what: `route ${metadata.name}`,
      timeoutSeconds: ROUTE_TIMEOUT_SECONDS,
      signal,
    });
  }
}

/** A namespace takes no pods before its default ServiceAccount is there. */
export function waitForDefaultAccount(client: KubeClient, signal: AbortSignal): Promise<void> {
  return watchUntil(
    client,
    [{ kind: 'ServiceAccount', namespace: 'default' }],
    (accounts): Look<void> =>
      accounts.some(({ metadata }) => metadata.name === 'default')
        ? { done: true, result: undefined }
        : { done: false, diagnostics: 'ServiceAccount default is not there' },
    { what: 'tenant API server', timeoutSeconds: DEFAULT_ACCOUNT_TIMEOUT_SECONDS, signal },
  );
}

export async function waitForWorkloads(
  { signal }: Pick<Waiting, 'signal'>,
  client: KubeClient,
  objects: readonly KubeObject[],
): Promise<void> {
  for (const { apiVersion, kind, metadata } of objects) {
    if (!ROLLED_OUT_KINDS.has(kind)) continue;
    const workload = {
      apiVersion,
      kind,
      namespace: metadata.namespace ?? 'default',
      name: metadata.name,
    };
    await watchRollout(client, workload, { timeoutSeconds: WORKLOAD_TIMEOUT_SECONDS, signal });
  }
}
