import {
  type HostEndpoints,
  type OutsideAddress,
  outsideAddresses,
  type OutsideEndpoint,
  type TenantEndpoints,
} from '@tenantry/isolation';
import type { V1EndpointSlice, V1Service } from '@tenantry/kube-library';
import { isReady, type KubeObject, type ObjectOf, type Pod } from '@tenantry/plan';
import { hostNamespace, SYNCED_LABEL, syncedName, vclusterName } from '@tenantry/tenants';
import { workload } from '@tenantry/workload';
import type { Api } from '../kube/api-client.ts';
import { ExpectedError, messageOf } from '../cli/errors.ts';
import type { TenantDist } from '../dist/read.ts';
import { list } from '../kube/objects.ts';
import type { Fixtures } from './probe-pods.ts';
import { poll } from '../kube/wait.ts';
import { dialFrom, linkOf } from './dial.ts';
import type { TenantFixture, VerifyContext } from './probe-pod.ts';

type Service = ObjectOf<V1Service>;

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
  const { podIP, hostIP = '' } = (hostPod as Pod).status ?? {};
  const link = await linkOf(host.$, host.target, pod, hostIP);
  const ipv4 = podIP?.includes(':') === false ? podIP : null;
  return poll(
    async () => {
      const [pods, services] = await Promise.all([
        list(hostApi, `${path}/pods`),
        list(hostApi, `${path}/services`),
      ]);
      const found = tenantEndpoints(id, pods, services);
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
    pods.find((pod) => isServing(pod) && hasLabels(pod, labels))?.status?.podIP;
  const service = (name: string) => services.find(({ metadata }) => metadata.name === name)?.spec;

  const app = service(syncedName(own.name, own.namespace, id));
  const appService = app?.clusterIP;
  const apiService = service(vcluster)?.clusterIP;
  const dnsService = service(syncedName('kube-dns', 'kube-system', id))?.clusterIP;
  const appPod = podIp(synced(own.namespace, app?.selector ?? {}));
  const dnsPod = podIp(synced('kube-system', { 'k8s-app': 'vcluster-kube-dns' }));
  const apiPod = podIp({ 'statefulset.kubernetes.io/pod-name': `${vcluster}-0` });
  if (appService === undefined || apiService === undefined || dnsService === undefined)
    return `no Service ${appService === undefined ? own.name : apiService === undefined ? vcluster : 'kube-dns'}`;
  if (appPod === undefined || dnsPod === undefined || apiPod === undefined)
    return `no ready pod of ${appPod === undefined ? `Service ${own.name}` : dnsPod === undefined ? 'its DNS' : 'its control plane'}`;
  return {
    id,
    appPod,
    appService,
    nodePort: app?.ports?.[0]?.nodePort ?? null,
    apiService,
    apiPod,
    dnsService,
  };
}

function isServing(pod: Pod): boolean {
  const { metadata, status } = pod;
  return metadata.deletionTimestamp === undefined && status?.phase === 'Running' && isReady(pod);
}

/**
 * The address of a tenant's probe pod, which answers whatever an API server asks of it.
 * @throws ExpectedError where it has none of IPv4
 */
export function probeAddress({ id, probePod: { ipv4 } }: TenantEndpoints): string {
  if (ipv4 === null) throw new ExpectedError(`${id}'s probe pod has no IPv4 address`);
  return ipv4;
}

/** Whether a selector of these labels selects a pod. */
export function hasLabels(
  { metadata }: KubeObject,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);
}

type EndpointSlice = ObjectOf<V1EndpointSlice>;

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
  const host = slice?.endpoints?.[0]?.addresses[0];
  const port = slice?.ports?.[0]?.port;
  const apiService = service?.spec?.clusterIP;
  const { hostIP: node, hostIPs = [] } = (pod as Pod).status ?? {};
  if (apiService === undefined || host === undefined || port === undefined) {
    throw new ExpectedError('the host does not say where its API server is');
  }
  if (node === undefined) throw new ExpectedError(`pod ${pod.metadata.name} is on no node`);
  return {
    apiService,
    apiEndpoint: { host, port },
    node,
    nodeIpv6: hostIPs.map(({ ip }) => ip).find((ip) => ip.includes(':')) ?? null,
    dnsService: (dns as readonly Service[])[0]?.spec?.clusterIP ?? null,
  };
}

/** Where everybody can be dialled, as far as it is known. */
export interface Found {
  /** One for each tenant; what could not be found has addresses that are never dialled. */
  readonly endpoints: readonly TenantEndpoints[];
  readonly host: HostEndpoints;
  readonly outside: readonly OutsideEndpoint[];
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
  return { endpoints, host, outside: await findOutside(context, fixtures, tenants), missing };
}

/** What plans open, and what of it answers the pod on the host. */
async function findOutside(
  { host: { $, target } }: VerifyContext,
  { reference }: Fixtures,
  tenants: readonly TenantDist[],
): Promise<readonly OutsideEndpoint[]> {
  const addresses = outsideAddresses(tenants);
  if (addresses.length === 0 || reference === null) return addresses.map(mayAnswer);
  const dials = addresses.map(({ name, destination }) => ({ id: name, ...destination }));
  try {
    const results = await dialFrom($, target, reference.pod, dials);
    const answering = new Set(results.filter(({ connected }) => connected).map(({ id }) => id));
    return addresses.map((address) => ({ ...address, answers: answering.has(address.name) }));
  } catch {
    // The pod is told to dial again with all others, and says then why it cannot.
    return addresses.map(mayAnswer);
  }
}

/** Of what nobody could ask: a refusal proves nothing then. */
function mayAnswer(address: OutsideAddress): OutsideEndpoint {
  return { ...address, answers: true };
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
