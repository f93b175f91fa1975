import { ExpectedError } from '../cli/errors.ts';
import { Agent as HttpsAgent, type RequestOptions, request as httpsRequest } from 'node:https';
import { createSecureContext } from 'node:tls';
import { Agent, type OutgoingHttpHeaders, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  KubeConfig,
  KubernetesListObject,
  KubernetesObject,
  V1APIResourceList,
  V1Status,
  V1StatusCause,
} from '@tenantry/kube-library';
import type { Json, KubeObject, ObjectIdentity } from '@tenantry/plan';
import { FIELD_MANAGER } from '@tenantry/tenants';

/** What an API server refuses, in its words. */
export class ApiError extends ExpectedError {
  override name = 'ApiError';
  readonly status: number;
  readonly reason: string;
  readonly causes: readonly StatusCause[];

  constructor(what: string, status: number, body: StatusBody) {
    super(`${what}: ${status} ${body.message ?? body.reason ?? ''}`.trim());
    this.status = status;
    this.reason = body.reason ?? '';
    this.causes = body.details?.causes ?? [];
  }
}

/** An API server that is not there, or hangs up: Node's words and its code. */
export class ConnectionError extends ExpectedError {
  override name = 'ConnectionError';
  readonly code: string | undefined;

  constructor(what: string, cause: NodeJS.ErrnoException) {
    super(`${what}: ${cause.message}`, { cause });
    this.code = cause.code;
  }
}

type StatusCause = Json<V1StatusCause>;
type StatusBody = Json<V1Status>;

export interface KubeRequest {
  /** @default GET */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** @default application/json */
  readonly contentType?: string;
  /** @default application/json */
  readonly accept?: string;
  readonly signal?: AbortSignal;
  /** A user to act as; the server refuses it where we may not. */
  readonly as?: string;
}

/** A list as a server gives it. */
export interface KubeList extends Json<
  Required<Omit<KubernetesListObject<KubernetesObject>, 'items'>>
> {
  /** Null for an empty list of metadata. What is listed has no kind of its own, as all of it is the same. */
  readonly items: readonly KubeObject[] | null;
}

/** What came back over the wire, refusals too. */
export interface Exchanged {
  readonly status: number;
  readonly text: string;
  /** After how long the server wants to be asked again. */
  readonly retryAfterSeconds?: number;
}

/** An API server as the official client library knows it: its address and our credentials there. */
export interface KubeClient extends Disposable {
  readonly config: KubeConfig;
  exchange(request: KubeRequest): Promise<Exchanged>;
  /** An answer's body. @throws ApiError */
  send<T>(request: KubeRequest): Promise<T>;
  /** The same, as text. @throws ApiError */
  text(request: KubeRequest): Promise<string>;
  /** Tells of changes of what is listed at `path`, until the server ends it or `stop` does. */
  watch(
    path: string,
    query: Readonly<Record<string, string>>,
    event: (type: string, object: KubeObject) => void,
    stop: AbortSignal,
  ): Promise<void>;
}

/** Connections that one client keeps open. */
const MAX_CONNECTIONS = 12;
/**
 * After so long without a request a connection is closed from here. API servers do it after 90 s
 * (load balancers after 60), and a request that is on its way then ends with a socket hang up.
 */
const IDLE_MILLISECONDS = 20_000;
const REQUEST_TIMEOUT_MILLISECONDS = 30_000;
/** Node holds no string of more than 512 MB. */
const MAX_ANSWER_BYTES = 400 * 2 ** 20;
/** A server that has too much to do turns a request away before it looks at it, and says for how long. */
const TOO_MANY_REQUESTS = 429;
const ATTEMPTS = 5;
const MAX_RETRY_SECONDS = 10;

/**
 * A client for the current context of a kubeconfig. The library authenticates (certificates, tokens,
 * exec plug-ins, proxies); answers stay as the server gives them, as its generated classes cost
 * more time than the requests.
 */
export function createClient(
  config: KubeConfig,
  idleMilliseconds: number = IDLE_MILLISECONDS,
): KubeClient {
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new ExpectedError(`no cluster of context ${config.getCurrentContext()}`);
  const server = new URL(cluster.server);
  const keptOpen = { keepAlive: true, maxSockets: MAX_CONNECTIONS, timeout: idleMilliseconds };
  let agent: Agent | HttpsAgent | null = null;
  const optionsOf = async (): Promise<RequestOptions> => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    if (cluster.proxyUrl !== undefined) return options;
    const { ca, cert, key, rejectUnauthorized, servername, headers, auth } = options;
    agent ??=
      server.protocol === 'http:'
        ? new Agent(keptOpen)
        : new HttpsAgent({
            ...keptOpen,
            // Read once: with the certificates themselves, an agent compares them at every request.
            secureContext: createSecureContext({ ca, cert, key }),
            ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
            ...(servername !== undefined && { servername }),
          });
    return { ...(headers && { headers }), ...(auth && { auth }), agent };
  };
  const ask = async (asked: KubeRequest): Promise<Exchanged> => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await exchange(server, await optionsOf(), asked);
      if (answer.status !== TOO_MANY_REQUESTS || attempt === ATTEMPTS) return answer;
      const seconds = Math.min(answer.retryAfterSeconds ?? 1, MAX_RETRY_SECONDS);
      await sleep(seconds * 1000, undefined, asked.signal && { signal: asked.signal });
    }
  };
  const text = async (asked: KubeRequest) => {
    const answer = await ask(asked);
    if (isOk(answer)) return answer.text;
    const { method = 'GET', path } = asked;
    throw new ApiError(`${method} ${path}`, answer.status, statusBody(answer.text));
  };
  return {
    config: connectingBy(config, optionsOf),
    exchange: ask,
    text,
    send: async <T>(asked: KubeRequest) => JSON.parse(await text(asked)) as T,
    watch: (path, query, event, stop) => watchPath(config, path, query, event, stop),
    [Symbol.dispose]: () => agent?.destroy(),
  };
}

/** The same, but that what the library upgrades takes over a connection that requests have left open. */
function connectingBy(config: KubeConfig, connection: () => Promise<RequestOptions>): KubeConfig {
  const applyToHTTPSOptions: KubeConfig['applyToHTTPSOptions'] = async (options) => {
    Object.assign(options, await connection());
  };
  return Object.create(config, {
    applyToHTTPSOptions: { value: applyToHTTPSOptions },
  }) as KubeConfig;
}

async function watchPath(
  config: KubeConfig,
  path: string,
  query: Readonly<Record<string, string>>,
  event: (type: string, object: KubeObject) => void,
  stop: AbortSignal,
): Promise<void> {
  const { Watch } = await import('@tenantry/kube-library');
  const ended = Promise.withResolvers<void>();
  const request = await new Watch(config).watch(path, { ...query }, event, () => ended.resolve());
  const abort = () => {
    request.abort();
    ended.resolve();
  };
  if (stop.aborted) abort();
  stop.addEventListener('abort', abort, { once: true });
  await ended.promise;
  stop.removeEventListener('abort', abort);
}

function exchange(server: URL, options: RequestOptions, asked: KubeRequest): Promise<Exchanged> {
  const { method = 'GET', path, query = {}, body, contentType, accept, signal, as } = asked;
  const search = new URLSearchParams(query).toString();
  const prefix = server.pathname.replace(/\/$/, '');
  const text = body === undefined ? undefined : JSON.stringify(body);
  const { promise, resolve, reject } = Promise.withResolvers<Exchanged>();
  const fail = (error: Error) => {
    const isSaid = error instanceof ExpectedError || signal?.aborted === true;
    reject(isSaid ? error : new ConnectionError(`${method} ${path}`, error));
  };
  const outgoing = (server.protocol === 'http:' ? httpRequest : httpsRequest)(
    {
      ...options,
      hostname: server.hostname,
      port: server.port === '' ? undefined : server.port,
      method,
      path: `${prefix}${path}${search === '' ? '' : `?${search}`}`,
      timeout: REQUEST_TIMEOUT_MILLISECONDS,
      ...(signal && { signal }),
      headers: {
        ...(options.headers as OutgoingHttpHeaders | undefined),
        accept: accept ?? 'application/json',
        // Who asks, in the server's audit log.
        'user-agent': FIELD_MANAGER,
        ...(text !== undefined && {
          'content-type': contentType ?? 'application/json',
          'content-length': Buffer.byteLength(text),
        }),
        ...(as !== undefined && { 'impersonate-user': as }),
      },
    },
    (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) {
          outgoing.destroy(
            new ExpectedError(`${method} ${path}: more than ${MAX_ANSWER_BYTES} bytes`),
          );
        }
      });
      incoming.once('error', fail);
      incoming.once('end', () => {
        const retryAfter = Number(incoming.headers['retry-after']);
        resolve({
          status: incoming.statusCode ?? 0,
          text: Buffer.concat(chunks).toString(),
          ...(retryAfter >= 0 && { retryAfterSeconds: retryAfter }),
        });
      });
    },
  );
  outgoing.once('timeout', () =>
    outgoing.destroy(new ExpectedError(`${method} ${path}: no answer`)),
  );
  outgoing.once('error', fail);
  outgoing.end(text);
  return promise;
}

export function isOk({ status }: Pick<Exchanged, 'status'>): boolean {
  return status >= 200 && status < 300;
}

function statusBody(text: string): StatusBody {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : { message: text.trim() };
  } catch {
    return { message: text.trim() };
  }
}

type ResourceList = Json<V1APIResourceList>;

/** How an API server calls a kind, and whether its objects lie in namespaces. */
export interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

const discovered = new WeakMap<KubeClient, Map<string, Promise<ReadonlyMap<string, Resource>>>>();

/** Asks the server once for each group that is not known here. @throws Error where it has no such kind */
export async function resourceOf(
  client: KubeClient,
  { apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>,
): Promise<Resource> {
  const known = BUILT_IN[`${apiVersion} ${kind}`];
  if (known !== undefined) return known;
  const groups =
    discovered.get(client) ?? new Map<string, Promise<ReadonlyMap<string, Resource>>>();
  discovered.set(client, groups);
  const asked = groups.get(apiVersion) ?? discover(client, apiVersion);
  groups.set(apiVersion, asked);
  const resource = (await asked).get(kind);
  if (resource === undefined)
    throw new ExpectedError(`the cluster has no kind ${kind} in ${apiVersion}`);
  return resource;
}

async function discover(
  client: KubeClient,
  apiVersion: string,
): Promise<ReadonlyMap<string, Resource>> {
  const path = groupPath(apiVersion);
  const answer = await client.exchange({ path });
  if (answer.status === 404) {
    const what = `the cluster has no ${apiVersion}; install its CustomResourceDefinitions first`;
    throw new ApiError(what, answer.status, {});
  }
  if (!isOk(answer)) throw new ApiError(`GET ${path}`, answer.status, statusBody(answer.text));
  const { resources } = JSON.parse(answer.text) as ResourceList;
  return new Map(
    resources
      .filter(({ name }) => !name.includes('/'))
      .map(({ name, kind, namespaced }) => [kind, { plural: name, namespaced }]),
  );
}

const namespaced = (plural: string): Resource => ({ plural, namespaced: true });
const clusterWide = (plural: string): Resource => ({ plural, namespaced: false });
const ADMISSION = 'admissionregistration.k8s.io/v1';
const RBAC = 'rbac.authorization.k8s.io/v1';

/** Kinds of every cluster, so that nobody has to ask. */
const BUILT_IN: Readonly<Record<string, Resource>> = {
  'v1 ConfigMap': namespaced('configmaps'),
  'v1 Event': namespaced('events'),
  'v1 LimitRange': namespaced('limitranges'),
  'v1 Namespace': clusterWide('namespaces'),
  'v1 Node': clusterWide('nodes'),
  'v1 PersistentVolumeClaim': namespaced('persistentvolumeclaims'),
  'v1 Pod': namespaced('pods'),
  'v1 ResourceQuota': namespaced('resourcequotas'),
  'v1 Secret': namespaced('secrets'),
  'v1 Service': namespaced('services'),
  'v1 ServiceAccount': namespaced('serviceaccounts'),
  'apps/v1 DaemonSet': namespaced('daemonsets'),
  'apps/v1 Deployment': namespaced('deployments'),
  'apps/v1 StatefulSet': namespaced('statefulsets'),
  'coordination.k8s.io/v1 Lease': namespaced('leases'),
  'networking.k8s.io/v1 NetworkPolicy': namespaced('networkpolicies'),
  [`${ADMISSION} MutatingAdmissionPolicy`]: clusterWide('mutatingadmissionpolicies'),
  [`${ADMISSION} MutatingAdmissionPolicyBinding`]: clusterWide('mutatingadmissionpolicybindings'),
  [`${ADMISSION} ValidatingAdmissionPolicy`]: clusterWide('validatingadmissionpolicies'),
  [`${ADMISSION} ValidatingAdmissionPolicyBinding`]: clusterWide(
    'validatingadmissionpolicybindings',
  ),
  [`${RBAC} ClusterRole`]: clusterWide('clusterroles'),
  [`${RBAC} ClusterRoleBinding`]: clusterWide('clusterrolebindings'),
  [`${RBAC} Role`]: namespaced('roles'),
  [`${RBAC} RoleBinding`]: namespaced('rolebindings'),
};

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** `/api/v1/namespaces/default/pods`; of all namespaces where none is given. */
export async function collectionPath(
  client: KubeClient,
  type: Pick<KubeObject, 'apiVersion' | 'kind'>,
  namespace?: string,
): Promise<string> {
  const resource = await resourceOf(client, type);
  const scope = namespace === undefined || !resource.namespaced ? '' : `/namespaces/${namespace}`;
  return `${groupPath(type.apiVersion)}${scope}/${resource.plural}`;
}

export async function objectPath(client: KubeClient, object: ObjectIdentity): Promise<string> {
  const { name, namespace } = object.metadata;
  return `${await collectionPath(client, object, namespace)}/${name}`;
}
