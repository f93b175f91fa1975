import type { V1EndpointSlice, V1Service } from '@tenantry/kube-library';
import type { ApiAddress } from '@tenantry/manifests';
import type { ObjectOf } from '@tenantry/plan';
import type { KubeClient } from '../kube/client.ts';
import { list, read } from '../kube/requests.ts';

/** Where the host's API servers answer: behind the Service, and the Service itself. */
export async function apiAddresses(host: KubeClient): Promise<readonly ApiAddress[]> {
  const namespace = 'default';
  const slices = await list(host, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace,
    selector: 'kubernetes.io/service-name=kubernetes',
  });
  const service: ObjectOf<V1Service> | null = await read(host, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name: 'kubernetes' },
  });
  const behind = slices.flatMap((slice) => {
    const { endpoints = [], ports = [] } = slice as ObjectOf<V1EndpointSlice>;
    return endpoints.flatMap(({ addresses }) =>
      addresses.flatMap((address) => ports.map(({ port = 443 }) => ({ address, port }))),
    );
  });
  const { clusterIP, ports = [] } = service?.spec ?? {};
  const before =
    clusterIP === undefined ? [] : ports.map(({ port }) => ({ address: clusterIP, port }));
  return [...behind, ...before];
}
