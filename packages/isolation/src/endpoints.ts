import type { Ipv6Addresses } from './addresses.ts';

/** Where a tenant can be dialled, as its own pods would. */
export interface TenantEndpoints {
  readonly id: string;
  /** A pod of the service. */
  readonly appPod: string;
  /** ClusterIP of the service. */
  readonly appService: string;
  readonly nodePort: number | null;
  /** ClusterIP of the tenant's own API server. */
  readonly apiService: string;
  readonly apiPod: string;
  /** ClusterIP of the tenant's CoreDNS. */
  readonly dnsService: string;
  readonly probePod: ProbePodEndpoint;
}

/** A probe pod, which listens on TCP and UDP on all of its addresses. */
export interface ProbePodEndpoint extends Ipv6Addresses {
  readonly ipv4: string | null;
  /** Link-local addresses of what the pod shares its link with: the node, or other pods. */
  readonly neighbours: readonly string[];
}

/** Where the host can be dialled. */
export interface HostEndpoints {
  /** ClusterIP of the host's API server. */
  readonly apiService: string;
  /** The API server itself; one of them where there are several. */
  readonly apiEndpoint: { readonly host: string; readonly port: number };
  /** A node on which tenants' pods run. */
  readonly node: string;
  /** The same node's IPv6 address; null where it has none. */
  readonly nodeIpv6: string | null;
  /** ClusterIP of the host's DNS; null where it is called otherwise. */
  readonly dnsService: string | null;
}
