import { createHash } from 'node:crypto';
import { workload } from '@tenantry/workload';

/** Every name that Tenantry gives to something, derived from a tenant's id; nowhere else. */

/** Longest id for which vcluster does not hash the names of synced objects (63 characters). */
export const MAX_ID_LENGTH =
  63 - `${workload.service.name}-x-${workload.service.namespace}-x-tenant-`.length;

/** The kind cluster and its context where nothing else is asked for. */
export const DEFAULT_CLUSTER = 'tenantry';
export const DEFAULT_CONTEXT = kindContext(DEFAULT_CLUSTER);

/** The directory of dist/ with what all tenants of the only host share; `_` is illegal in ids. */
export const HOST_DIRECTORY = '_host';
/** Where there are several hosts: with a directory for each of them, by name. */
export const HOSTS_DIRECTORY = '_hosts';

export function hostsDirectory({ length }: { readonly length: number }): string {
  return length === 1 ? HOST_DIRECTORY : HOSTS_DIRECTORY;
}

/** What Flux reads: of one host; where there are several, with a directory for each of them. */
export const FLUX_DIRECTORY = '_flux';
export const ARGOCD_DIRECTORY = '_argocd';

const SHARED_DIRECTORIES: ReadonlySet<string> = new Set([
  HOST_DIRECTORY,
  HOSTS_DIRECTORY,
  FLUX_DIRECTORY,
  ARGOCD_DIRECTORY,
]);

/** Whether a directory of dist/ is one that no tenant has to itself. */
export function isSharedDirectory(name: string): boolean {
  return SHARED_DIRECTORIES.has(name);
}

export const FIELD_MANAGER = 'tenantry';
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'tenantry';
export const TENANT_LABEL = 'tenantry.dev/tenant';
/** Selects the host namespaces of all tenants. */
export const TENANTS_SELECTOR = `${MANAGED_BY_LABEL}=${MANAGED_BY},${TENANT_LABEL}`;
/** The syncer's label on all that it brings to the host; its value is the vcluster's name. */
export const SYNCED_LABEL = 'vcluster.loft.sh/managed-by';
/** On a host namespace: whether the tenant's NodePort is "open" to the outside or "closed". */
export const NODE_PORT_LABEL = 'tenantry.dev/node-port';
/** On a host namespace: the runtime class of the tenant's pods, where its plan names one. */
export const RUNTIME_CLASS_LABEL = 'tenantry.dev/runtime-class';
/** On a host namespace: the names of the tenant's routes, with commas between them. */
export const HOSTNAMES_ANNOTATION = 'tenantry.dev/hostnames';
/** On a host namespace into which something is being restored: its digest, and how far it is. */
export const RESTORING_ANNOTATION = 'tenantry.dev/restoring';
/** The Service in SYSTEM_NAMESPACE that answers in place of tenants that are held paused. */
export const PAUSE_PAGE = 'tenantry-pause-page';
/** Holds what the commands keep on the host; no account of a tenant has rights there. */
export const SYSTEM_NAMESPACE = 'tenantry-system';
export const SYSTEM_NAMESPACE_LABELS = {
  [MANAGED_BY_LABEL]: MANAGED_BY,
  'pod-security.kubernetes.io/enforce': 'restricted',
} as const;
/** Where inventories lay before SYSTEM_NAMESPACE: in the tenant's namespace, where its syncer writes. */
export const FORMER_INVENTORY_NAME = 'tenantry-inventory';
/** Of a plan's egress, and of its name servers: what pods of the tenant reach outside of the cluster. */
export const EGRESS_POLICY = 'egress';
export const NAMESERVERS_POLICY = 'nameservers';
/** Where Flux runs. Its objects lie there too: no account of a tenant has rights on them. */
export const FLUX_NAMESPACE = 'flux-system';
/** The source of dist/, and the Kustomization that applies all others. */
export const FLUX_ROOT = 'tenantry';
/** The label `app` of the pods that end what a pause leaves: a policy lets them reach the host's API. */
export const FLUX_PAUSE_APP = 'tenantry-pause';
/** The Kustomization of what all tenants of a host share. */
export const FLUX_HOST_WIDE = 'tenantry-host';
/** Lets Flux in to a virtual cluster. */
export const FLUX_POLICY = 'flux';
/** The Kustomization in a tenant's namespace of what is in its own cluster. */
export const FLUX_VIRTUAL = 'virtual';
/** The quota under which a tenant that is being offboarded starts no pod. */
export const MAINTENANCE_QUOTA = 'tenantry-alone';

export function vclusterName(id: string): string {
  return `tenant-${id}`;
}

export function hostNamespace(id: string): string {
  return `vcluster-${vclusterName(id)}`;
}

/**
 * The namespace in which an archive of a tenant is tried out. No id begins with "-", so that it is
 * no other tenant's; what holds for the accounts of tenants' namespaces holds for it as well.
 */
export function temporaryNamespace(id: string): string {
  return hostNamespace(`-${id}`);
}

/** What the names of the accounts of a control plane and of the tenant's pods begin with. */
export const SYNCER_ACCOUNT_PREFIX = 'vc-';
export const WORKLOAD_ACCOUNT_PREFIX = 'vc-workload-';

/** The context's name in vcluster's own form. */
export function tenantContext(id: string, hostContext: string): string {
  return `vcluster_${vclusterName(id)}_${hostNamespace(id)}_${hostContext}`;
}

/** Longest name of an object on the host that vcluster does not cut. */
const MAX_SYNCED_NAME = 63;

/**
 * The name that vcluster gives on the host to an object synced from the virtual cluster; a longer one
 * is cut and ends in a hash (vcluster's translate.SafeConcatName).
 */
export function syncedName(name: string, namespace: string, id: string): string {
  const whole = `${name}-x-${namespace}-x-${vclusterName(id)}`;
  if (whole.length <= MAX_SYNCED_NAME) return whole;
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, 10);
  return `${whole.slice(0, 52)}-${digest}`.replaceAll('.-', '-');
}

/** The host's claim of the volume of a tenant's control plane. */
export function controlPlaneClaim(id: string): string {
  return `data-${vclusterName(id)}-0`;
}

/** The Secret in which vcluster leaves the credentials of a cluster. */
export function credentialsSecret(vcluster: string): string {
  return `vc-${vcluster}`;
}

/** The Secret in which it leaves the same for Flux, with an address that Flux reaches. */
export function fluxCredentialsSecret(vcluster: string): string {
  return `${credentialsSecret(vcluster)}-flux`;
}

/** What of a tenant Flux applies on the host, one after the other. */
export const FLUX_PARTS = ['host', 'vcluster', 'pause'] as const;
export type FluxPart = (typeof FLUX_PARTS)[number];

/** The Kustomization in FLUX_NAMESPACE of a part of a tenant. */
export function fluxKustomization(id: string, part: FluxPart): string {
  return `${vclusterName(id)}-${part}`;
}

/** The ConfigMap in FLUX_NAMESPACE with the values of a vcluster. */
export function fluxValues(id: string): string {
  return `${vclusterName(id)}-values`;
}

/** The source of a version of the vcluster chart. */
export function fluxChart(version: string): string {
  return `vcluster-${version}`;
}

/** The ConfigMap in SYSTEM_NAMESPACE with what deploy has applied for a tenant. */
export function inventoryName(id: string): string {
  return `inventory-${id}`;
}

/** The name that every tenant is reached at where the host has a Gateway. */
export function defaultHostname(id: string, domain: string): string {
  return `${id}.${domain}`;
}

/** The labels by which a host namespace is known as ours. */
export function hostLabels(id: string): Readonly<Record<string, string>> {
  return { [MANAGED_BY_LABEL]: MANAGED_BY, [TENANT_LABEL]: id };
}

/** How the host's API server calls the accounts in tenants' namespaces, up to the tenant's id. */
export const TENANT_ACCOUNTS = `system:serviceaccount:${hostNamespace('')}`;

export function kindContext(cluster: string): string {
  return `kind-${cluster}`;
}
