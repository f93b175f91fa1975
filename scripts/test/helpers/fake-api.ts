import { isDeepStrictEqual } from 'node:util';
import { type KubeObject, referenceOf } from '@tenantry/plan';
import { ApiError, type KubeClient, type KubeRequest } from '../../lib/kube/client.ts';

const KINDS: Readonly<Record<string, string>> = {
  configmaps: 'ConfigMap',
  daemonsets: 'DaemonSet',
  deployments: 'Deployment',
  events: 'Event',
  helmreleases: 'HelmRelease',
  httproutes: 'HTTPRoute',
  kustomizations: 'Kustomization',
  leases: 'Lease',
  limitranges: 'LimitRange',
  namespaces: 'Namespace',
  networkpolicies: 'NetworkPolicy',
  ocirepositories: 'OCIRepository',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  pods: 'Pod',
  resourcequotas: 'ResourceQuota',
  rolebindings: 'RoleBinding',
  roles: 'Role',
  secrets: 'Secret',
  serviceaccounts: 'ServiceAccount',
  services: 'Service',
  statefulsets: 'StatefulSet',
  validatingadmissionpolicies: 'ValidatingAdmissionPolicy',
  validatingadmissionpolicybindings: 'ValidatingAdmissionPolicyBinding',
};

/** An API server that keeps its objects in memory; it knows nothing of what they mean. */
export interface FakeApi {
  readonly client: KubeClient;
  /** Writes that were carried out, oldest first: `PUT v1 ResourceQuota n/q`. */
  readonly writes: string[];
  /** Requests that only ask. */
  readonly reads: string[];
  get(reference: string): KubeObject | undefined;
  /** Somebody else writes an object. */
  put(object: KubeObject): void;
  drop(reference: string): void;
  /** Refuses writes of an object as `error` says, until it is null. */
  refuse(reference: string, error: ApiError | null): void;
}

type Fields = Record<string, unknown>;

/** Groups of which not every cluster has the kinds, so that it is asked for them. */
const DISCOVERED: Readonly<Record<string, object>> = {
  '/apis/gateway.networking.k8s.io/v1': kindsOf('httproutes'),
  '/apis/helm.toolkit.fluxcd.io/v2': kindsOf('helmreleases'),
  '/apis/kustomize.toolkit.fluxcd.io/v1': kindsOf('kustomizations'),
  '/apis/source.toolkit.fluxcd.io/v1': kindsOf('ocirepositories'),
};

function kindsOf(name: string): object {
  return { resources: [{ name, kind: KINDS[name], namespaced: true }] };
}

/** `without` has groups that this cluster lacks, as `/apis/helm.toolkit.fluxcd.io/v2`. */
export function fakeApi(
  context = 'kind-tenantry',
  { without = [] }: { readonly without?: readonly string[] } = {},
): FakeApi {
  const objects = new Map<string, KubeObject>();
  const refusals = new Map<string, ApiError>();
  const writes: string[] = [];
  const reads: string[] = [];
  let version = 0;
  const store = (object: KubeObject): KubeObject => {
    const reference = referenceOf(object);
    const before = objects.get(reference);
    const same = before !== undefined && isDeepStrictEqual(bare(before), bare(object));
    if (same) return before;
    version += 1;
    const metadata = {
      ...object.metadata,
      uid: before?.metadata.uid ?? `uid-${version}`,
      resourceVersion: String(version),
    };
    const stored = filledIn({ ...object, metadata });
    objects.set(reference, stored);
    return stored;
  };
  const send = async (request: KubeRequest): Promise<unknown> => {
    const { method = 'GET', path, query = {}, body } = request;
    if (without.includes(path)) throw apiError(404, 'NotFound');
    const discovered = DISCOVERED[path];
    if (discovered !== undefined) return discovered;
    const { identity, collection, subresource } = parsePath(path);
    if (collection) {
      if (method === 'POST') {
        const object = body as KubeObject;
        const reference = referenceOf(object);
        if (objects.has(reference)) throw apiError(409, 'AlreadyExists');
        writes.push(`POST ${reference}`);
        return store(object);
      }
      reads.push(`LIST ${identity.kind}`);
      const items = [...objects.values()].filter(
        (object) =>
          object.kind === identity.kind &&
          object.apiVersion === identity.apiVersion &&
          (identity.metadata.namespace === undefined ||
            object.metadata.namespace === identity.metadata.namespace) &&
          matches(object, query['labelSelector'] ?? ''),
      );
      // As a real server answers where only metadata is asked for.
      return {
        items: items.length === 0 ? null : items,
        metadata: { resourceVersion: String(version) },
      };
    }
    const reference = referenceOf(identity);
    const there = objects.get(reference);
    if (method === 'GET') {
      reads.push(`GET ${reference}`);
      if (there === undefined) throw apiError(404, 'NotFound');
      return there;
    }
    const refusal = refusals.get(reference);
    if (refusal !== undefined && query['force'] !== 'true' && method !== 'DELETE') throw refusal;
    if (query['dryRun'] === 'All') return written(method, there, body as KubeObject, subresource);
    mustBeAt(there, versionIn(request));
    writes.push(`${method} ${reference}${subresource === '' ? '' : `/${subresource}`}`);
    if (method === 'DELETE') {
      if (there === undefined) throw apiError(404, 'NotFound');
      objects.delete(reference);
      return {};
    }
    if (identity.metadata.namespace !== undefined && identity.kind !== 'Namespace') {
      // As on a host: nothing is made in a namespace that is not there.
      const namespace = objects.get(`v1 Namespace ${identity.metadata.namespace}`);
      if (namespace === undefined && identity.metadata.namespace !== 'default') {
        throw apiError(404, `namespaces "${identity.metadata.namespace}" not found`);
      }
    }
    return store(written(method, there, body as KubeObject, subresource));
  };
  const exchange = async (request: KubeRequest) => {
    try {
      return { status: 200, text: JSON.stringify(await send(request)) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { status, message } = error;
      return { status, text: JSON.stringify({ kind: 'Status', message }) };
    }
  };
  const client: KubeClient = {
    exchange,
    config: { getCurrentContext: () => context } as unknown as KubeClient['config'],
    send: async <T>(request: KubeRequest) => structuredClone(await send(request)) as T,
    text: async () => '',
    watch: (_path, _query, _event, stop) =>
      new Promise((resolve) => {
        if (stop.aborted) resolve();
        stop.addEventListener('abort', () => resolve(), { once: true });
      }),
    [Symbol.dispose]: () => undefined,
  };
  return {
    client,
    writes,
    reads,
    get: (reference) => objects.get(reference),
    put: (object) => void store(object),
    drop: (reference) => void objects.delete(reference),
    refuse(reference, error) {
      if (error === null) refusals.delete(reference);
      else refusals.set(reference, error);
    },
  };
}

export function apiError(status: number, message: string, causes: object[] = []): ApiError {
  return new ApiError('request', status, { message, details: { causes } });
}

/** The version that a request is meant for. */
function versionIn({ method, body }: KubeRequest): string | undefined {
  if (method === 'PUT') return (body as KubeObject).metadata.resourceVersion;
  if (method !== 'DELETE') return undefined;
  return (body as { preconditions?: { resourceVersion?: string } }).preconditions?.resourceVersion;
}

function mustBeAt(there: KubeObject | undefined, version: string | undefined): void {
  if (version === undefined || there === undefined) return;
  if (there.metadata.resourceVersion === version) return;
  throw apiError(409, 'the object has been modified');
}

function bare({ metadata, ...rest }: KubeObject): unknown {
  const { uid: _uid, resourceVersion: _version, ...others } = metadata;
  return { metadata: others, ...rest };
}

function written(
  method: string,
  there: KubeObject | undefined,
  body: KubeObject,
  subresource: string,
): KubeObject {
  if (method === 'PUT') return filledIn(body);
  if (subresource === 'scale' || there !== undefined) return merged(there, body) as KubeObject;
  return filledIn(body);
}

/** What a server would fill in. */
function filledIn(object: KubeObject): KubeObject {
  const spec = object['spec'] as Fields | undefined;
  if (object.kind === 'Service') {
    return { ...object, spec: { clusterIP: '10.0.0.1', type: 'ClusterIP', ...spec } };
  }
  if (object.kind === 'ResourceQuota') return { ...object, status: { hard: spec?.['hard'] } };
  if (object.kind === 'Pod') {
    const conditions = [{ type: 'Ready', status: 'True' }];
    return { status: { phase: 'Running', conditions }, ...object };
  }
  if (object.kind === 'Deployment' || object.kind === 'StatefulSet') {
    const replicas = (spec?.['replicas'] as number | undefined) ?? 1;
    const status = {
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
    };
    return { ...object, spec: { ...spec, replicas }, status };
  }
  return object;
}

function merged(a: unknown, b: unknown): unknown {
  if (!isFields(a) || !isFields(b)) return b;
  const result: Fields = { ...a };
  for (const [key, value] of Object.entries(b)) {
    if (value === null) delete result[key];
    else result[key] = merged(a[key], value);
  }
  return result;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function matches({ metadata: { labels = {} } }: KubeObject, selector: string): boolean {
  return selector
    .split(',')
    .filter((part) => part !== '')
    .every((part) => {
      if (part.startsWith('!')) return labels[part.slice(1)] === undefined;
      const [key = '', value] = part.split('=');
      return value === undefined ? labels[key] !== undefined : labels[key] === value;
    });
}

function parsePath(path: string) {
  const parts = path.split('/').slice(1);
  const group = parts[0] === 'api' ? parts.slice(1, 2) : parts.slice(1, 3);
  let rest = parts.slice(1 + group.length);
  let namespace: string | undefined;
  if (rest[0] === 'namespaces' && rest.length > 2) {
    namespace = rest[1];
    rest = rest.slice(2);
  }
  const [plural = '', name, subresource = ''] = rest;
  const metadata = { name: name ?? '', ...(namespace !== undefined && { namespace }) };
  const identity = { apiVersion: group.join('/'), kind: KINDS[plural] ?? plural, metadata };
  return { identity, collection: name === undefined, subresource };
}
