import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Place, placeOf } from '@tenantry/plan';
import { credentialsSecret, tenantContext } from '@tenantry/tenants';
import { messageOf } from '../cli/errors.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import type { KubeClient } from '../kube/client.ts';
import { clientOf } from '../kube/connect.ts';
import { poll } from '../kube/wait.ts';
import type { Target } from '../tools/kubectl.ts';
import { kubeconfigOf } from './credentials.ts';
import type { Host } from './host.ts';
import { openVirtual, type VirtualConnection } from './virtual-client.ts';

export { type Place, placeOf } from '@tenantry/plan';

/** A tenant's own cluster, reachable for as long as this is held. */
export interface TenantConnection extends AsyncDisposable {
  readonly target: Target;
}

const OPEN_TIMEOUT_SECONDS = 60;

/** Opens a way to a tenant's cluster, under the tenant's context. */
export function openTenant(
  host: Pick<Host, 'target'>,
  id: string,
  state: string,
  signal?: AbortSignal,
): Promise<TenantConnection> {
  return openVcluster(host, placeOf(id), tenantContext(id, host.target.context), state, signal);
}

/**
 * Opens a way to a vcluster: a private kubeconfig (0600) with one context, and a port of this process
 * that leads to its API server. Both are gone when it is disposed of. kubectl's own port-forward would
 * end with the first connection that breaks off, as many a `kubectl exec` does.
 */
export async function openVcluster(
  host: Pick<Host, 'target'>,
  place: Place,
  context: string,
  state: string,
  signal?: AbortSignal,
): Promise<TenantConnection> {
  await using stack = new AsyncDisposableStack();
  const client = stack.use(await clientOf(host.target));
  const { port, credentials } = stack.use(await untilOpen(client, place, signal));
  const { path: directory } = stack.use(privateDirectory(state, place.name));
  const path = join(directory, 'kubeconfig');
  const server = `https://localhost:${port}`;
  await writeFile(path, kubeconfigOf(credentials, context, server), { mode: 0o600 });
  const held = stack.move();
  return {
    target: { kubeconfig: path, context },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** vcluster writes its credentials once its API server is up. */
function untilOpen(
  host: KubeClient,
  place: Place,
  signal?: AbortSignal,
): Promise<VirtualConnection> {
  const { namespace, name } = place;
  return poll(
    async () => {
      const connection = await openVirtual(host, place);
      if (connection === null) {
        const secret = credentialsSecret(name);
        return { done: false, diagnostics: `Secret ${namespace}/${secret} has no credentials yet` };
      }
      try {
        await connection.client.send({ path: '/version' });
        return { done: true, result: connection };
      } catch (error) {
        await connection[Symbol.asyncDispose]();
        return { done: false, diagnostics: messageOf(error) };
      }
    },
    {
      what: `API server of ${name}`,
      timeoutSeconds: OPEN_TIMEOUT_SECONDS,
      ...(signal && { signal }),
    },
  );
}
