import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostNamespace, tenantContext, vclusterName } from '@tenantry/tenants';
import { parse, stringify } from 'yaml';
import type { Host } from './host.ts';
import { getObjects, type Target } from '../tools/kubectl.ts';
import { poll } from '../kube/wait.ts';
import { forwardPort } from '../tools/port-forward.ts';
import { privateDirectory } from '../cli/temp-dir.ts';

/** A tenant's own cluster, reachable for as long as this is held. */
export interface TenantConnection extends AsyncDisposable {
  readonly target: Target;
}

/** Where a vcluster lies on its host. */
export interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** Where a tenant's own vcluster lies. */
export function placeOf(id: string): Place {
  return { namespace: hostNamespace(id), name: vclusterName(id) };
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
  const kubeconfig = await readKubeconfig(host, place, signal);
  const { namespace, name } = place;
  const forward = await forwardPort(host.$, host.target, namespace, `svc/${name}`, 443);
  const directory = privateDirectory(state, name);
  const path = join(directory.path, 'kubeconfig');
  const server = `https://localhost:${forward.port}`;
  await writeFile(path, rewriteKubeconfig(kubeconfig, context, server), { mode: 0o600 });
  return {
    target: { kubeconfig: path, context },
    async [Symbol.asyncDispose]() {
      await forward[Symbol.asyncDispose]();
      directory[Symbol.dispose]();
    },
  };
}

/** vcluster writes the Secret once its API server is up. */
function readKubeconfig(
  { $, target }: Host,
  { namespace, name: vcluster }: Place,
  signal?: AbortSignal,
): Promise<string> {
  const name = `vc-${vcluster}`;
  return poll(
    async () => {
      const [secret] = await getObjects($, target, ['-n', namespace, 'secret', name]);
      const config = (secret?.['data'] as { config?: string } | undefined)?.config;
      return config === undefined
        ? { done: false, evidence: `Secret ${name} has no kubeconfig yet` }
        : { done: true, result: Buffer.from(config, 'base64').toString() };
    },
    {
      what: `kubeconfig of ${vcluster}`,
      timeoutSeconds: SECRET_TIMEOUT_SECONDS,
      ...(signal && { signal }),
    },
  );
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, unknown>> }[];
  readonly users: readonly { readonly user: Readonly<Record<string, unknown>> }[];
}

/** The same cluster and user under the tenant's names, reached at `server`. */
export function rewriteKubeconfig(text: string, context: string, server: string): string {
  const { clusters, users } = parse(text) as Kubeconfig;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: context, cluster: { ...clusters[0]?.cluster, server } }],
    users: [{ name: context, user: users[0]?.user ?? {} }],
    contexts: [
      { name: context, context: { cluster: context, user: context, namespace: 'default' } },
    ],
    'current-context': context,
  });
}
