import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { KubeObject } from '@tenantry/plan';
import type { KubeRequest } from '../../lib/kube/client.ts';
import type { FakeApi } from './fake-api.ts';

/** A fake API server behind a port of this machine. */
export interface ServedApi extends AsyncDisposable {
  readonly server: string;
}

/** Serves it, until it is disposed of, by HTTP. */
export async function serveApi({ client }: FakeApi): Promise<ServedApi> {
  const server = createServer((request, response) => {
    const answer = async () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
      const body = await text(request);
      const { status, text: said } = await client.exchange({
        method: request.method as NonNullable<KubeRequest['method']>,
        path: pathname,
        query: Object.fromEntries(searchParams),
        ...(body !== '' && { body: JSON.parse(body) as KubeObject }),
      });
      response.writeHead(status, { 'content-type': 'application/json' }).end(said);
    };
    answer().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A kubeconfig with a context for each of these servers. */
export function kubeconfigText(servers: Readonly<Record<string, string>>): string {
  const names = Object.keys(servers);
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: names.map((name) => ({
      name,
      cluster: { server: servers[name], 'insecure-skip-tls-verify': true },
    })),
    users: names.map((name) => ({ name, user: {} })),
    contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
  });
}
