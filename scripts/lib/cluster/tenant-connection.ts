import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeOf } from '@tenantry/plan';
import { tenantContext } from '@tenantry/tenants';
import { privateDirectory } from '../cli/temp-dir.ts';
import type { Target } from '../tools/kubectl.ts';
import { forwardPort } from '../tools/port-forward.ts';
import { kubeconfigOf } from './credentials.ts';
import type { ConnectedHost } from './host.ts';
import { readCredentials, waitForCredentials } from './virtual-client.ts';

/** A tenant's own cluster as other programs reach it, for as long as this is held. */
export interface TenantConnection extends AsyncDisposable {
  readonly target: Target;
}

/**
 * Opens a way to a tenant's cluster: a private kubeconfig (0600) with the tenant's context and no
 * other, and a port-forward to its API server. Both are gone when it is disposed of.
 */
export async function openTenant(
  { $, target, client }: ConnectedHost,
  id: string,
  state: string,
  signal: AbortSignal,
): Promise<TenantConnection> {
  const place = placeOf(id);
  const { namespace, name } = place;
  const credentials = await waitForCredentials(place, () => readCredentials(client, place), signal);
  const forward = await forwardPort($, target, namespace, `svc/${name}`, 443);
  const directory = privateDirectory(state, name);
  const path = join(directory.path, 'kubeconfig');
  const context = tenantContext(id, target.context);
  const server = `https://localhost:${forward.port}`;
  await writeFile(path, kubeconfigOf(credentials, context, server), { mode: 0o600 });
  return {
    target: { kubeconfig: path, context },
    async [Symbol.asyncDispose]() {
      await forward[Symbol.asyncDispose]();
      directory[Symbol.dispose]();
    },
  };
}
