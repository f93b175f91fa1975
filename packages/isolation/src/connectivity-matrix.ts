import { hostNamespace, syncedName } from '@tenantry/tenants';
import { workload } from '@tenantry/workload';
import type { HostEndpoints, TenantEndpoints } from './endpoints.ts';
import {
  crossTenantListeners,
  hostListeners,
  KUBELET_PORT,
  ownListeners,
  tenantToHostListeners,
} from './listener-probes.ts';
import { type Destination, networkProbe, type NetworkProbe } from './network-probe.ts';
import { type OutsideEndpoint, outsideReference, tenantToOutside } from './outside.ts';

const API_POD_PORT = 8443;
/** Where clouds tell a machine its secrets. */
export const METADATA = { host: '169.254.169.254', port: 80 } as const;

const SERVICE = workload.service;
const SERVICE_NAME = `${SERVICE.name}.${SERVICE.namespace}.svc.cluster.local`;

/** What a tenant needs, and so the proof that what answers there can be reached. */
function own(endpoint: TenantEndpoints, { node }: HostEndpoints): readonly NetworkProbe[] {
  const { id, appPod, appService, nodePort, apiService, apiPod, dnsService } = endpoint;
  const allowed = (name: string, attempt: string, to: Destination, leadsTo?: string) =>
    networkProbe(id, name, attempt, 'allowed', to, leadsTo === undefined ? {} : { leadsTo });
  return [
    allowed('app-pod', 'own pod', { host: appPod, port: SERVICE.targetPort }),
    allowed('app-service', 'own Service', { host: appService, port: SERVICE.port }),
    allowed('app-name', 'own name', { host: SERVICE_NAME, port: SERVICE.port }, appService),
    allowed('api-name', 'own API by name', { host: 'kubernetes.default.svc', port: 443 }),
    allowed('api-service', 'own API Service', { host: apiService, port: 443 }),
    allowed('api-pod', 'own API pod', { host: apiPod, port: API_POD_PORT }),
    allowed('dns', 'own DNS', { host: dnsService, port: 53 }),
    ...(nodePort === null
      ? []
      : [allowed('node-port', 'own NodePort', { host: node, port: nodePort })]),
  ];
}

/** One tenant against another. */
function crossTenant(
  from: string,
  to: TenantEndpoints,
  { node }: HostEndpoints,
): readonly NetworkProbe[] {
  const { id, appPod, appService, nodePort, apiService, apiPod, dnsService } = to;
  const name = `${syncedName(SERVICE.name, SERVICE.namespace, id)}.${hostNamespace(id)}.svc.cluster.local`;
  const refused = (what: string, attempt: string, destination: Destination, controls: string[]) =>
    networkProbe(from, `${what}@${id}`, `${id}'s ${attempt}`, 'refused', destination, { controls });
  const control = (what: string) => [`${id}/network/${what}`];
  return [
    refused('app-pod', 'pod', { host: appPod, port: SERVICE.targetPort }, control('app-pod')),
    refused(
      'app-service',
      'Service',
      { host: appService, port: SERVICE.port },
      control('app-service'),
    ),
    refused('app-name', 'name', { host: name, port: SERVICE.port }, [`${from}/network/app-name`]),
    refused('api-service', 'API Service', { host: apiService, port: 443 }, control('api-service')),
    refused('api-pod', 'API pod', { host: apiPod, port: API_POD_PORT }, control('api-pod')),
    refused('dns', 'DNS', { host: dnsService, port: 53 }, control('dns')),
    ...(nodePort === null
      ? []
      : [
          refused('node-port', 'NodePort', { host: node, port: nodePort }, [
            `${id}/network/node-port`,
          ]),
        ]),
  ];
}

const HOST_DESTINATIONS = ['api-service', 'api-endpoint', 'kubelet'] as const;

function hostDestination(
  way: (typeof HOST_DESTINATIONS)[number],
  host: HostEndpoints,
): [string, Destination] {
  if (way === 'api-service') return ['host API Service', { host: host.apiService, port: 443 }];
  if (way === 'api-endpoint') return ['host API server', host.apiEndpoint];
  return ['kubelet', { host: host.node, port: KUBELET_PORT }];
}

/** A tenant against the host. */
function tenantToHost(from: string, host: HostEndpoints): readonly NetworkProbe[] {
  return [
    ...HOST_DESTINATIONS.flatMap((way) => {
      const [attempt, to] = hostDestination(way, host);
      const controls = [`host/network/${way}`];
      return [
        networkProbe(from, `host-${way}`, attempt, 'refused', to, { controls }),
        networkProbe(
          from,
          `host-${way}-token`,
          `${attempt} with its token`,
          'refused',
          { ...to, withToken: true },
          { controls },
        ),
      ];
    }),
    networkProbe(from, 'metadata', 'cloud metadata', 'refused', METADATA),
  ];
}

/** From a pod on the host, which no policy of ours holds: the same addresses do answer. */
function reference(host: HostEndpoints): readonly NetworkProbe[] {
  return HOST_DESTINATIONS.map((way) => {
    const [attempt, to] = hostDestination(way, host);
    return networkProbe(null, way, attempt, 'allowed', to);
  });
}

/** All packets of a run. Pairs are tried where both ends are known. */
export function networkProbes(
  tenants: readonly TenantEndpoints[],
  pairs: readonly Pair[],
  host: HostEndpoints,
  outside: readonly OutsideEndpoint[],
): readonly NetworkProbe[] {
  const endpoints = new Map(tenants.map((endpoint) => [endpoint.id, endpoint]));
  return [
    ...reference(host),
    ...hostListeners(host),
    ...outsideReference(outside),
    ...tenants.flatMap((endpoint) => [
      ...own(endpoint, host),
      ...ownListeners(endpoint),
      ...pairs
        .filter(({ from }) => from === endpoint.id)
        .flatMap(({ from, to }) => {
          const there = endpoints.get(to);
          return there === undefined
            ? []
            : [...crossTenant(from, there, host), ...crossTenantListeners(endpoint, there)];
        }),
      ...tenantToHost(endpoint.id, host),
      ...tenantToHostListeners(endpoint, host),
      ...tenantToOutside(endpoint.id, outside),
    ]),
  ];
}

/** Who is tried by whom. */
export interface Pair {
  readonly from: string;
  readonly to: string;
}

/** How many others each tenant tries where nothing else is asked for. */
export const NEIGHBOURS = 5;

/**
 * Every tenant against the `neighbours` that follow it in a ring, so that each is also tried by as
 * many. With `subjects`, only the pairs that one of them is part of.
 */
export function pairsOf(
  ids: readonly string[],
  neighbours: number,
  subjects: readonly string[] = ids,
): readonly Pair[] {
  const reach = Math.min(neighbours, ids.length - 1);
  return ids
    .flatMap((from, index) =>
      Array.from({ length: reach }, (_, step) => ({
        from,
        to: ids[(index + step + 1) % ids.length] ?? from,
      })),
    )
    .filter(({ from, to }) => subjects.includes(from) || subjects.includes(to));
}
