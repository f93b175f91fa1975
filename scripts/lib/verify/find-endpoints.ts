import type { HostEndpoints, TenantEndpoints } from '@tenantry/isolation';
import { hostNamespace, SERVICE, SYNCED_LABEL, syncedName, vclusterName } from '@tenantry/tenants';
import type { Api } from '../kube/api-client.ts';
import { list } from '../kube/objects.ts';
import type { KubeObject } from '../tools/kubectl.ts';

interface Service extends KubeObject {
  readonly spec: { readonly clusterIP: string; readonly ports?: readonly { nodePort?: number }[] };
}

interface Pod extends KubeObject {
  readonly status: { readonly podIP?: string; readonly phase?: string };
}

/** Looks up where a tenant can be dialled. @throws Error naming what is not there */
export async function findTenantEndpoints(hostApi: Api, id: string): Promise<TenantEndpoints> {
  const path = `/api/v1/namespaces/${hostNamespace(id)}`;
  const [pods, services] = await Promise.all([
    list(hostApi, `${path}/pods`),
    list(hostApi, `${path}/services`),
  ]);
  return tenantEndpoints(id, pods as readonly Pod[], services as readonly Service[]);
}

export function tenantEndpoints(
  id: string,
  pods: readonly Pod[],
  services: readonly Service[],
): TenantEndpoints {
  const vcluster = vclusterName(id);
  const podIp = (what: string, labels: Readonly<Record<string, string>>) => {
    const pod = pods.find(
      ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined &&
        status.phase === 'Running' &&
        Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value),
    );
    if (pod?.status.podIP === undefined) throw new Error(`${id}: no running pod: ${what}`);
    return pod.status.podIP;
  };
  const service = (name: string) => {
    const found = services.find(({ metadata }) => metadata.name === name);
    if (found === undefined) throw new Error(`${id}: no Service ${name}`);
    return found.spec;
  };
  const app = service(syncedName(SERVICE.service, SERVICE.namespace, id));
  return {
    id,
    appPod: podIp(SERVICE.deployment, {
      [SYNCED_LABEL]: vcluster,
      'vcluster.loft.sh/namespace': SERVICE.namespace,
      app: SERVICE.deployment,
    }),
    appService: app.clusterIP,
    nodePort: app.ports?.[0]?.nodePort ?? null,
    apiService: service(vcluster).clusterIP,
    apiPod: podIp('control plane', { 'statefulset.kubernetes.io/pod-name': `${vcluster}-0` }),
    dnsService: service(syncedName('kube-dns', 'kube-system', id)).clusterIP,
  };
}

interface EndpointSlice extends KubeObject {
  readonly endpoints: readonly { readonly addresses: readonly string[] }[];
  readonly ports: readonly { readonly port: number }[];
}

/** Looks up where the host can be dialled; `pod` is one that runs on the node to try. */
export async function findHostEndpoints(hostApi: Api, pod: KubeObject): Promise<HostEndpoints> {
  const [services, slices] = await Promise.all([
    list(hostApi, '/api/v1/namespaces/default/services?fieldSelector=metadata.name%3Dkubernetes'),
    list(
      hostApi,
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes',
    ),
  ]);
  const [service] = services as readonly Service[];
  const [slice] = slices as readonly EndpointSlice[];
  const host = slice?.endpoints[0]?.addresses[0];
  const port = slice?.ports[0]?.port;
  if (service === undefined || host === undefined || port === undefined) {
    throw new Error('the host does not say where its API server is');
  }
  return {
    apiService: service.spec.clusterIP,
    apiEndpoint: { host, port },
    node: (pod['status'] as { readonly hostIP: string }).hostIP,
  };
}
