import {
  CONTROL_PLANE,
  CONTROL_PLANE_INIT,
  CONTROL_PLANE_VOLUME,
  COREDNS,
  fluxCredentialsSecret,
  formatBytes,
  hostNamespace,
  type Tenant,
  vclusterName,
} from '@tenantry/tenants';
import type { VclusterValues } from './generated/vcluster-values.ts';
import { corefile } from './corefile.ts';
import { mergeUnder } from './merge-under.ts';
import { containerResources } from './quantities.ts';
import { syncerRules } from './syncer-role.ts';

/** Any numeric user will do that is not root; the volume's group is the same. */
const USER = 12345;

const UNPRIVILEGED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  runAsUser: USER,
  runAsGroup: USER,
};

/** What of a tenant its values are made from. */
export interface ValuesTenant extends Pick<Tenant, 'id' | 'plan' | 'state' | 'versions'> {
  /** Whether Flux is let in to the virtual cluster. */
  readonly flux: boolean;
}

/** The values of a tenant's vcluster: its plan's own under the hardening. */
export function vclusterValues(tenant: ValuesTenant): VclusterValues {
  return mergeUnder(tenant.plan.vcluster, hardening(tenant));
}

/**
 * The vendor's baseline for shared nodes, rootless, so that it starts under Pod Security
 * `restricted`. A pause is the replica count and nothing else.
 */
function hardening(tenant: ValuesTenant): VclusterValues {
  const { plan, state, versions } = tenant;
  const { nameservers } = plan;
  return {
    controlPlane: {
      distro: {
        k8s: {
          image: { tag: `v${versions.kubernetes}` },
          securityContext: UNPRIVILEGED,
          resources: containerResources(CONTROL_PLANE_INIT),
        },
      },
      coredns: {
        deployment: { resources: containerResources(COREDNS) },
        ...(nameservers.length > 0 && { overwriteConfig: corefile(nameservers) }),
      },
      // The chart's default is in every certificate, also where there is no Ingress.
      ingress: { host: '' },
      statefulSet: {
        // The chart's default image is the paid one.
        image: { repository: 'loft-sh/vcluster-oss', tag: versions.vcluster },
        // Flux uninstalls what has lost its HelmRelease, and the volume goes with it.
        ...(tenant.flux && { annotations: { 'helm.sh/resource-policy': 'keep' } }),
        highAvailability: { replicas: state === 'active' ? 1 : 0 },
        // Without it a new tenant under a used id would find the old one's data.
        persistence: {
          volumeClaim: { size: formatBytes(CONTROL_PLANE_VOLUME), retentionPolicy: 'Delete' },
        },
        // The chart looks only every six seconds.
        probes: { startupProbe: { periodSeconds: 1 } },
        resources: containerResources(CONTROL_PLANE),
        security: {
          podSecurityContext: { fsGroup: USER, seccompProfile: { type: 'RuntimeDefault' } },
          containerSecurityContext: UNPRIVILEGED,
        },
      },
    },
    ...(tenant.flux && { exportKubeConfig: kubeconfigForFlux(tenant.id) }),
    networking: { advanced: { proxyKubelets: { byHostname: false, byIP: false } } },
    // Quota, limits and network policies are in host/: policies only add up, and the chart's admit
    // everyone to port 8443.
    policies: {
      limitRange: { enabled: false },
      networkPolicy: { enabled: false },
      podSecurityStandard: 'restricted',
      resourceQuota: { enabled: false },
    },
    rbac: { role: { overwriteRules: syncerRules() } },
    sync: {
      fromHost: { nodes: { enabled: false, clearImageStatus: true } },
      toHost: {
        // The host finds a Service's pods by itself; an address that a tenant wrote by hand could be
        // a neighbour's, reached from where the network policies trust (CVE-2021-25740).
        endpoints: { enabled: false },
        endpointSlices: { enabled: false },
        pods: {
          // It would pull an image of its own into every StatefulSet, for `hostname -f` alone: DNS
          // has the full names of its pods without it.
          rewriteHosts: { enabled: false },
          useSecretsForSATokens: true,
        },
      },
    },
    telemetry: { enabled: false },
  };
}

/** Beside the usual kubeconfig one with an address that is reached from another namespace. */
function kubeconfigForFlux(id: string): NonNullable<VclusterValues['exportKubeConfig']> {
  const name = vclusterName(id);
  return {
    additionalSecrets: [
      { name: fluxCredentialsSecret(name), server: `https://${name}.${hostNamespace(id)}:443` },
    ],
  };
}
