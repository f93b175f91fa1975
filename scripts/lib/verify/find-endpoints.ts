import type { HostEndpoints, TenantEndpoints } from '@tenantry/isolation';
import { hostNamespace, SYNCED_LABEL, syncedName, vclusterName } from '@tenantry/tenants';
import { workload } from '@tenantry/workload';
import type { Api } from '../kube/api-client.ts';
import { ExpectedError, messageOf } from '../cli/errors.ts';
import type { TenantDist } from '../dist/read.ts';
import { list } from '../kube/objects.ts';
import type { Fixtures } from './probe-pods.ts';
import { poll } from '../kube/wait.ts';
import type { KubeObject } from '../tools/kubectl.ts';
import { linkOf } from './dial.ts';
import type { TenantFixture, VerifyContext } from './probe-pod.ts';

interface Service extends KubeObject {
  readonly spec: {
    readonly clusterIP: string;
    readonly ports?: readonly { nodePort?: number }[];
    readonly selector?: Readonly<Record<string, string>>;
  };
}

interface Pod extends KubeObject {
  readonly status: {
    readonly podIP?: string;
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** A tenant that has just been resumed starts its DNS and its service only now. */
const READY_TIMEOUT_SECONDS = 120;

/**
 * Looks up where a tenant can be dialled, and waits until its pods are ready.
 * @throws WaitError naming what is not there
 */
export async function findTenantEndpoints(
  { host, hostApi, signal }: VerifyContext,
  { tenant: { id }, pod, hostPod }: Pick<TenantFixture, 'tenant' | 'pod' | 'hostPod'>,
): Promise<TenantEndpoints> {
  const path = `/api/v1/namespaces/${hostNamespace(id)}`;
  const status = hostPod['status'] as { readonly podIP?: string; readonly hostIP: string };
  const link = await linkOf(host.$, host.target, pod, status.hostIP);
  const ipv4 = status.podIP?.includes(':') === false ? status.podIP : null;
  return poll(
    async () => {
      const [pods, services] = await Promise.all([
        list(hostApi, `${path}/pods`),
        list(hostApi, `${path}/services`),
      ]);
      const found = tenantEndpoints(id, pods as readonly Pod[], services as readonly Service[]);
      return typeof found === 'string'
        ? { done: false, diagnostics: found }
        : { done: true, result: { ...found, probePod: { ipv4, ...link } } };
    },
    {
      what: `${id}: its service and its DNS`,
      timeoutSeconds: READY_TIMEOUT_SECONDS,
      signal,
    },
  );
}

/** Where a tenant can be dialled, or what is not there yet. */
export function tenantEndpoints(
  id: string,
  pods: readonly Pod[],
  services: readonly Service[],
): Omit<TenantEndpoints, 'probePod'> | string {
  const vcluster = vclusterName(id);
  const own = workload.service;
  const synced = (namespace: string, labels: Readonly<Record<string, string>>) => ({
    ...labels,
    [SYNCED_LABEL]: vcluster,
    'vcluster.loft.sh/namespace': namespace,
  });
  const podIp = (labels: Readonly<Record<string, string>>) =>
    pods.find((pod) => isReady(pod) && hasLabels(pod, labels))?.status.podIP;
  const service = (name: string) => services.find(({ metadata }) => metadata.name === name)?.spec;

  const app = service(syncedName(own.name, own.namespace, id));
  const api = service(vcluster);
  const dns = service(syncedName('kube-dns', 'kube-system', id));
  const appPod = podIp(synced(own.namespace, app?.selector ?? {}));
  const dnsPod = podIp(synced('kube-system', { 'k8s-app': 'vcluster-kube-dns' }));
  const apiPod = podIp({ 'statefulset.kubernetes.io/pod-name': `${vcluster}-0` });
  if (app === undefined || api === undefined || dns === undefined)
    return `no Service ${app === undefined ? own.name : api === undefined ? vcluster : 'kube-dns'}`;
  if (appPod === undefined || dnsPod === undefined || apiPod === undefined)
    return `no ready pod of ${appPod === undefined ? `Service ${own.name}` : dnsPod === undefined ? 'its DNS' : 'its control plane'}`;
  return {
    id,
    appPod,
    appService: app.clusterIP,
    nodePort: app.ports?.[0]?.nodePort ?? null,
    apiService: api.clusterIP,
    apiPod,
    dnsService: dns.clusterIP,
  };
}

function isReady({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    status.phase === 'Running' &&
    (status.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True')
  );
}

/** Whether a selector of these labels selects a pod. */
export function hasLabels(
  { metadata }: KubeObject,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);
}

interface EndpointSlice extends KubeObject {
  readonly endpoints: readonly { readonly addresses: readonly string[] }[];
  readonly ports: readonly { readonly port: number }[];
}

/** Looks up where the host can be dialled; `pod` is one that runs on the node to try. */
export async function findHostEndpoints(hostApi: Api, pod: KubeObject): Promise<HostEndpoints> {
  const [services, slices, dns] = await Promise.all([
    list(hostApi, '/api/v1/namespaces/default/services?fieldSelector=metadata.name%3Dkubernetes'),
    list(
      hostApi,
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes',
    ),
    list(hostApi, '/api/v1/namespaces/kube-system/services?labelSelector=k8s-app%3Dkube-dns'),
  ]);
  const [service] = services as readonly Service[];
  const [slice] = slices as readonly EndpointSlice[];
  const host = slice?.endpoints[0]?.addresses[0];
  const port = slice?.ports[0]?.port;
  if (service === undefined || host === undefined || port === undefined) {
    throw new ExpectedError('the host does not say where its API server is');
  }
  const status = pod['status'] as {
    readonly hostIP: string;
    readonly hostIPs?: readonly { readonly ip: string }[];
  };
  return {
    apiService: service.spec.clusterIP,
    apiEndpoint: { host, port },
    node: status.hostIP,
    nodeIpv6: (status.hostIPs ?? []).map(({ ip }) => ip).find((ip) => ip.includes(':')) ?? null,
    dnsService: (dns as readonly Service[])[0]?.spec.clusterIP ?? null,
  };
}

/** Where everybody can be dialled, as far as it is known. */
export interface Found {
  /** One for each tenant; what could not be found has addresses that are never dialled. */
  readonly endpoints: readonly TenantEndpoints[];
  readonly host: HostEndpoints;
  /** Why it could not be found, by tenant; `-` for the host. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Looks up where the host and the tenants can be dialled. What fails loses its own probes only. */
export async function findEndpoints(
  context: VerifyContext,
  fixtures: Fixtures,
  tenants: readonly TenantDist[],
): Promise<Found> {
  const missing = new Map<string, string>();
  for (const [id, error] of fixtures.failures) missing.set(id, `no probe pod: ${error.message}`);
  let host = UNKNOWN_HOST;
  const [first] = fixtures.tenants.values();
  try {
    if (first !== undefined) host = await findHostEndpoints(context.hostApi, first.hostPod);
  } catch (error) {
    missing.set('-', messageOf(error));
  }
  const endpoints = await Promise.all(
    tenants.map(async ({ id }) => {
      const fixture = fixtures.tenants.get(id);
      try {
        if (fixture !== undefined) return await findTenantEndpoints(context, fixture);
      } catch (error) {
        missing.set(id, messageOf(error));
      }
      return unknownTenant(id);
    }),
  );
  return { endpoints, host, missing };
}

/** An address that nothing is sent to. */
export const UNKNOWN = '?';

const UNKNOWN_HOST: HostEndpoints = {
  apiService: UNKNOWN,
  apiEndpoint: { host: UNKNOWN, port: 443 },
  node: UNKNOWN,
  nodeIpv6: null,
  dnsService: null,
};

function unknownTenant(id: string): TenantEndpoints {
  return {
    id,
    appPod: UNKNOWN,
    appService: UNKNOWN,
    nodePort: null,
    apiService: UNKNOWN,
    apiPod: UNKNOWN,
    dnsService: UNKNOWN,
    probePod: { ipv4: UNKNOWN, linkLocal: [], global: [], neighbours: [] },
  };
}
