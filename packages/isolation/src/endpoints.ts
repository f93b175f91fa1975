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
}

/** Where the host can be dialled. */
export interface HostEndpoints {
  /** ClusterIP of the host's API server. */
  readonly apiService: string;
  /** The API server itself; one of them where there are several. */
  readonly apiEndpoint: { readonly host: string; readonly port: number };
  /** A node on which tenants' pods run. */
  readonly node: string;
}
