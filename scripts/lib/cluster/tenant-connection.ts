import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeOf } from '@tenantry/plan';
import { tenantContext } from '@tenantry/tenants';
import { privateDirectory } from '../cli/temp-dir.ts';
import type { Target } from '../tools/kubectl.ts';
import { kubeconfigOf } from './credentials.ts';
import type { ConnectedHost } from './host.ts';
import { waitForVirtual } from './virtual-client.ts';

/** A tenant's own cluster as other programs reach it, for as long as this is held. */
export interface TenantConnection extends AsyncDisposable {
  readonly target: Target;
}

/**
 * Opens a way to a tenant's cluster: a private kubeconfig (0600) with the tenant's context and no
 * other, and a port of this process that leads to its API server. Both are gone when it is disposed
 * of. kubectl's own port-forward would end with the first connection that breaks off, as many a
 * `kubectl exec` does.
 */
export async function openTenant(
  { client, target }: Pick<ConnectedHost, 'client' | 'target'>,
  id: string,
  state: string,
  signal: AbortSignal,
): Promise<TenantConnection> {
  await using stack = new AsyncDisposableStack();
  const place = placeOf(id);
  const { port, credentials } = stack.use(await waitForVirtual(client, place, signal));
  const { path: directory } = stack.use(privateDirectory(state, place.name));
  const path = join(directory, 'kubeconfig');
  const context = tenantContext(id, target.context);
  const server = `https://localhost:${port}`;
  await writeFile(path, kubeconfigOf(credentials, context, server), { mode: 0o600 });
  const held = stack.move();
  return {
    target: { kubeconfig: path, context },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
