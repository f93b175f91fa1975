import { formatBytes, type Tenant } from '@tenantry/tenants';
import {
  CONTROL_PLANE,
  CONTROL_PLANE_INIT,
  CONTROL_PLANE_VOLUME,
  COREDNS,
  type Footprint,
} from './footprint.ts';
import type { Pins } from './pins.ts';
import { containerResources } from './quantities.ts';

/** Any numeric user will do that is not root; the volume's group is the same. */
const USER = 12345;

/** A new object each time: YAML would write a shared one as an alias, which is hard to review. */
function unprivileged(): object {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    runAsUser: USER,
    runAsGroup: USER,
  };
}

/**
 * The values of a tenant's vcluster: the vendor's baseline for shared nodes, rootless, so that it
 * starts under Pod Security `restricted`. A pause is the replica count and nothing else.
 */
export function vclusterValues(tenant: Tenant, pins: Pins): object {
  return {
    controlPlane: {
      distro: {
        k8s: {
          image: { tag: pins.kubernetes },
          securityContext: unprivileged(),
          resources: containerResources(CONTROL_PLANE_INIT),
        },
      },
      coredns: { deployment: { resources: containerResources(COREDNS) } },
      statefulSet: {
        // The chart's default image is the paid one.
        image: { repository: 'loft-sh/vcluster-oss', tag: pins.vcluster },
        highAvailability: { replicas: tenant.state === 'active' ? 1 : 0 },
        // Without it a new tenant under a used id would find the old one's data.
        persistence: {
          volumeClaim: { size: formatBytes(CONTROL_PLANE_VOLUME), retentionPolicy: 'Delete' },
        },
        // The chart looks only every six seconds.
        probes: { startupProbe: { periodSeconds: 1 } },
        resources: withDisk(CONTROL_PLANE),
        security: {
          podSecurityContext: { fsGroup: USER, seccompProfile: { type: 'RuntimeDefault' } },
          containerSecurityContext: unprivileged(),
        },
      },
    },
    networking: { advanced: { proxyKubelets: { byHostname: false, byIP: false } } },
    // Quota, limits and network policies are in host/: policies only add up, and the chart's admit
    // everyone to port 8443.
    policies: {
      limitRange: { enabled: false },
      networkPolicy: { enabled: false },
      podSecurityStandard: 'restricted',
      resourceQuota: { enabled: false },
    },
    sync: {
      fromHost: { nodes: { enabled: false, clearImageStatus: true } },
      toHost: {
        pods: {
          // It would pull an image of its own into every StatefulSet.
          rewriteHosts: { enabled: false },
          useSecretsForSATokens: true,
        },
      },
    },
    telemetry: { enabled: false },
  };
}

function withDisk(footprint: Footprint) {
  const { requests, limits } = containerResources(footprint);
  return {
    requests: { ...requests, 'ephemeral-storage': '256Mi' },
    limits: { ...limits, 'ephemeral-storage': '4Gi' },
  };
}
