export const STATES = ['active', 'paused', 'offboarding'] as const;
export type State = (typeof STATES)[number];

export const PAUSE_SOURCES = ['operator', 'lifecycle'] as const;
export type PauseSource = (typeof PAUSE_SOURCES)[number];

export const NODE_PORTS = ['open', 'closed'] as const;
export type NodePort = (typeof NODE_PORTS)[number];

/** Who applies dist/ to a host: `pnpm deploy`, or Flux. */
export const ENGINES = ['deploy', 'flux'] as const;
export type Engine = (typeof ENGINES)[number];
export const DEFAULT_ENGINE: Engine = 'deploy';

/** Amounts in thousandths of a CPU and in bytes. */
export interface Resources {
  readonly cpu: number;
  readonly memory: number;
}

/** Ports of addresses outside of the cluster, over TCP. */
export interface Egress {
  readonly cidr: string;
  readonly ports: readonly number[];
}

/** What a tenant may use; the figures are limits, `requests` what is reserved of them. */
export interface Plan extends Resources {
  readonly name: string;
  /** Bytes of persistent volumes. */
  readonly storage: number;
  readonly pods: number;
  readonly requests: Resources;
  /** Whether clients outside the cluster reach the service by its NodePort. */
  readonly nodePort: NodePort;
  /** The host's storage classes that may be claimed, sorted; null for all that tenants may have. */
  readonly storageClasses: readonly string[] | null;
  /** Where its pods may connect to beside their own cluster. */
  readonly egress: readonly Egress[];
  /** Whom its DNS asks for names of the outside; none where it knows its own cluster's alone. */
  readonly nameservers: readonly string[];
  /** The plan's own values for the vcluster chart: they fit its schema and loosen nothing. */
  readonly vcluster: Readonly<Record<string, unknown>>;
}

/** A tenant with everything resolved: no default is left to apply. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly plan: Plan;
  readonly host: Host;
  readonly state: State;
  readonly pausedBy: PauseSource | null;
  /** Dates are `YYYY-MM-DD`. */
  readonly pausedSince: string | null;
  /** The last day that is paid for. */
  readonly paidThrough: string | null;
  /** Never to be offboarded. */
  readonly keep: boolean;
  /** Where it is reached, `<id>.<domain>` first; none where the host has no Gateway. */
  readonly hostnames: readonly string[];
  readonly release: Release;
  readonly wave: Wave;
  /** What the workload's own schema made of them. */
  readonly settings: unknown;
}

/** When of a rollout a tenant is deployed: with the others of its wave, after those of a lower order. */
export interface Wave {
  readonly name: string;
  readonly order: number;
}

/** The wave of tenants that name none. It is no entry of a list, so that no wave comes after it by mistake. */
export const LAST_WAVE: Wave = { name: 'rest', order: Infinity };

/** The Gateway that tenants are reached through. */
export interface Gateway {
  readonly namespace: string;
  readonly name: string;
}

/** Where Flux on a host finds what it applies. */
export interface Flux {
  /** `oci://…`: below it lie dist/ with secrets/, and the vcluster chart. */
  readonly registry: string;
  /** Whether the registry is asked without TLS. */
  readonly insecure: boolean;
  /** The Secret beside Flux with which it pulls; null for none. */
  readonly pullSecret: string | null;
  /** The chart's digests by its versions; of one that is missing the tag is believed. */
  readonly charts: Readonly<Record<string, string>>;
  /** How often it puts right what somebody else has changed: `10m`. */
  readonly interval: string;
}

/** Where Argo CD finds what it applies. */
export interface ArgoCd {
  /** Of the Git repository with dist/. */
  readonly repository: string;
  readonly revision: string;
}

/** Which images of the workload run. */
export interface Release {
  readonly name: string;
  /** References by the images' names; one that is missing is this checkout's. */
  readonly images: Readonly<Record<string, string>>;
}

/** What a host offers to all of its tenants together; null where nobody says. */
export interface Capacity extends Resources {
  /** Bytes of persistent volumes. */
  readonly storage: number | null;
  readonly tenants: number | null;
}

/** What the only host is called where nobody names it. */
export const DEFAULT_HOST = 'default';

export interface Host {
  readonly name: string;
  /** The kubeconfig context of the host cluster. */
  readonly context: string;
  readonly engine: Engine;
  /** Null where dist/ has nothing for Flux there. */
  readonly flux: Flux | null;
  /** Null where nobody says. */
  readonly capacity: Capacity | null;
  /** Null where tenants are not reached by names. */
  readonly gateway: Gateway | null;
  /** The addresses of the host's API server; null where nobody says. */
  readonly apiCidr: string | null;
  /** The addresses of its pods and Services: no plan opens a way to them. */
  readonly clusterCidrs: readonly string[];
  /** The storage classes that may be claimed. */
  readonly storageClasses: readonly string[];
  /** The priority classes that pods may have. */
  readonly priorityClasses: readonly string[];
  /** The runtime classes that pods may have. */
  readonly runtimeClasses: readonly string[];
  /** Keys, or domains of keys, of annotations for the host's network and proxies that tenants may use. */
  readonly annotations: readonly string[];
}

/** What is kept of a deleted tenant. */
export interface Receipt {
  readonly id: string;
  /** `YYYY-MM-DD`. */
  readonly offboardedOn: string;
  readonly reason: string;
  /** Of the archive: `sha256:…`. */
  readonly digest: string;
}

/** All of tenants.json, resolved; tenants are sorted by id, hosts by name. */
export interface Fleet {
  readonly hosts: readonly Host[];
  readonly graceDays: number;
  /** Repository of the service image, without a tag. */
  readonly imageRepository: string;
  readonly releases: readonly Release[];
  /** Null where dist/ has nothing for Argo CD. */
  readonly argocd: ArgoCd | null;
  readonly tenants: readonly Tenant[];
  /** Oldest first; ids may repeat. */
  readonly offboarded: readonly Receipt[];
}
