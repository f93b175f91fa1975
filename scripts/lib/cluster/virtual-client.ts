import type { Place } from '@tenantry/plan';
import { credentialsSecret } from '@tenantry/tenants';
import { ExpectedError, Fault, messageOf } from '../cli/errors.ts';
import { ApiError, type KubeClient, type KubeRequest } from '../kube/client.ts';
import { forwardToPod, localClient, type PodForward } from '../kube/connect.ts';
import { read } from '../kube/requests.ts';
import { poll } from '../kube/wait.ts';
import { type Credentials, credentialsOf } from './credentials.ts';

/** A client for a tenant's own cluster, for as long as it is held. */
export interface VirtualClient extends AsyncDisposable {
  readonly client: KubeClient;
}

/** A way to a tenant's own cluster, for other programs too. */
export interface VirtualConnection extends VirtualClient {
  /** On 127.0.0.1; leads to the control plane's pod, also to the next one of its name. */
  readonly port: number;
  readonly credentials: Credentials;
}

/** Where a control plane's API server listens in its pod. */
const API_PORT = 8443;

/**
 * Opens a way to a vcluster through its control plane's pod; null where it has not written its
 * credentials yet. @throws Fault where somebody else has written them, ApiError
 */
export async function openVirtual(
  host: KubeClient,
  place: Place,
): Promise<VirtualConnection | null> {
  const { namespace, name } = place;
  const credentials = await readCredentials(host, place);
  if (credentials === null) return null;
  const forward = await forwardToPod(host, { namespace, name: `${name}-0` }, API_PORT);
  const client = explained(await localClient(name, forward.port, credentials), forward);
  return {
    client,
    port: forward.port,
    credentials,
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      await forward[Symbol.asyncDispose]();
    },
  };
}

/** The same client; where nobody answers it says what the way to the pod has met. */
function explained(client: KubeClient, forward: PodForward): KubeClient {
  const why = (error: unknown): never => {
    const problem = forward.problem();
    if (error instanceof ApiError || problem === '') throw error;
    throw new ExpectedError(problem, { cause: error });
  };
  return {
    ...client,
    exchange: (request) => client.exchange(request).catch(why),
    text: (request) => client.text(request).catch(why),
    send: <T>(request: KubeRequest) => client.send<T>(request).catch(why),
  };
}

const OPEN_TIMEOUT_SECONDS = 60;

/**
 * As `openVirtual`, once the API server answers: vcluster writes its credentials when it is up.
 * @throws WaitError where it does not in time
 */
export function waitForVirtual(
  host: KubeClient,
  place: Place,
  signal: AbortSignal,
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
    { what: `API server of ${name}`, timeoutSeconds: OPEN_TIMEOUT_SECONDS, signal },
  );
}

/** Null where vcluster has not written them yet. @throws Fault where somebody else has */
async function readCredentials(
  host: KubeClient,
  { namespace, name: vcluster }: Place,
): Promise<Credentials | null> {
  const name = credentialsSecret(vcluster);
  const metadata = { namespace, name };
  const secret = await read(host, { apiVersion: 'v1', kind: 'Secret', metadata });
  try {
    return credentialsOf(secret ?? undefined);
  } catch (error) {
    throw new Fault({
      what: `Secret ${namespace}/${name}`,
      why: `${messageOf(error)}: somebody else than vcluster has written it`,
      todo: 'find out who writes Secrets in that namespace, then delete it: vcluster writes it anew when its control plane starts',
    });
  }
}
