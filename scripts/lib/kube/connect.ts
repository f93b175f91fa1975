import { createServer, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { createClient, type KubeClient } from './client.ts';
import type { Target } from '../tools/kubectl.ts';

/** A client for the context that a target names. */
export async function clientOf({ kubeconfig, context }: Target): Promise<KubeClient> {
  const { KubeConfig } = await library();
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  config.setCurrentContext(context);
  return createClient(config);
}

/** A client for a context of the user's own kubeconfig, which is only read; null where it has none. */
export async function userClient(context: string): Promise<KubeClient | null> {
  const { KubeConfig } = await library();
  const config = new KubeConfig();
  config.loadFromDefault();
  if (config.getContextObject(context) === null) return null;
  config.setCurrentContext(context);
  return createClient(config);
}

/** What authenticates us to an API server and the server to us: PEM. */
export interface ServerCredentials {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** A client for an API server of which the certificate names localhost. */
export async function localClient(
  name: string,
  port: number,
  { ca, certificate, key }: ServerCredentials,
): Promise<KubeClient> {
  const { KubeConfig } = await library();
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name, server: `https://localhost:${port}`, caData: base64(ca) }],
    users: [{ name, certData: base64(certificate), keyData: base64(key) }],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  });
  return createClient(config);
}

/** A port on 127.0.0.1 for as long as it is held. */
export interface PodForward extends AsyncDisposable {
  readonly port: number;
  /** What the last connection failed of; empty where none has. */
  problem(): string;
}

/** Forwards a free local port to a port of a pod. Meets no NetworkPolicy. */
export async function forwardToPod(
  client: KubeClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  remotePort: number,
): Promise<PodForward> {
  const { PortForward } = await library();
  const forward = new PortForward(client.config);
  const open = new Set<Socket>();
  let problem = '';
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    const errors = new PassThrough();
    errors.on('data', (chunk) => {
      problem = String(chunk).trim();
      socket.destroy();
    });
    forward.portForward(namespace, name, [remotePort], socket, errors, socket).then(
      (webSocket) => {
        if (typeof webSocket === 'function') return;
        webSocket.addEventListener('close', () => socket.destroy());
        socket.once('close', () => webSocket.close());
        socket.resume();
      },
      (error: unknown) => {
        problem = reasonOf(error);
        socket.destroy();
      },
    );
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port to listen on');
  return {
    port: address.port,
    problem: () => problem,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The library rejects with an event that holds the error. */
function reasonOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
}

/** Loaded where it is first used: a command that meets no cluster is spared it. */
function library() {
  return import('@tenantry/kube-library');
}
