import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KubeObject, type Place, placeOf } from '@tenantry/plan';
import { credentialsSecret, tenantContext } from '@tenantry/tenants';
import { Fault, messageOf } from '../cli/errors.ts';
import { type Credentials, credentialsOf, kubeconfigOf } from './credentials.ts';
import type { Host } from './host.ts';
import { getObjects, type Target } from '../tools/kubectl.ts';
import { poll } from '../kube/wait.ts';
import { forwardPort } from '../tools/port-forward.ts';
import { privateDirectory } from '../cli/temp-dir.ts';

/** A tenant's own cluster, reachable for as long as this is held. */
export interface TenantConnection extends AsyncDisposable {
  readonly target: Target;
}

const SECRET_TIMEOUT_SECONDS = 60;

/** Opens a way to a tenant's cluster, under the tenant's context. */
export function openTenant(
  host: Host,
  id: string,
  state: string,
  signal?: AbortSignal,
): Promise<TenantConnection> {
  return openVcluster(host, placeOf(id), tenantContext(id, host.target.context), state, signal);
}

/**
 * Opens a way to a vcluster: a private kubeconfig (0600) with one context, and a port-forward to its
 * API server. Both are gone when it is disposed of.
 */
export async function openVcluster(
  host: Host,
  place: Place,
  context: string,
  state: string,
  signal?: AbortSignal,
): Promise<TenantConnection> {
  const credentials = await readCredentials(host, place, signal);
  const { namespace, name } = place;
  const forward = await forwardPort(host.$, host.target, namespace, `svc/${name}`, 443);
  const directory = privateDirectory(state, name);
  const path = join(directory.path, 'kubeconfig');
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

/** vcluster writes the Secret once its API server is up. */
function readCredentials(
  { $, target }: Host,
  { namespace, name: vcluster }: Place,
  signal?: AbortSignal,
): Promise<Credentials> {
  const name = credentialsSecret(vcluster);
  return poll(
    async () => {
      const [secret] = await getObjects($, target, ['-n', namespace, 'secret', name]);
      const credentials = parse(secret, `Secret ${namespace}/${name}`);
      return credentials === null
        ? { done: false, diagnostics: `Secret ${name} has no credentials yet` }
        : { done: true, result: credentials };
    },
    {
      what: `credentials of ${vcluster}`,
      timeoutSeconds: SECRET_TIMEOUT_SECONDS,
      ...(signal && { signal }),
    },
  );
}

function parse(secret: KubeObject | undefined, what: string): Credentials | null {
  try {
    return credentialsOf(secret);
  } catch (error) {
    throw new Fault({
      what,
      why: `${messageOf(error)}: somebody else than vcluster has written it`,
      todo: 'find out who writes Secrets in that namespace, then delete it: vcluster writes it anew when its control plane starts',
    });
  }
}
