import {
  FLUX_HOST_WIDE,
  FLUX_NAMESPACE,
  FLUX_VIRTUAL,
  type Flux,
  fluxChart,
  fluxCredentialsSecret,
  fluxKustomization,
  type FluxPart,
  fluxValues,
  hostLabels,
  hostNamespace,
  type Tenant,
  vclusterName,
} from '@tenantry/tenants';
import { App, Chart } from 'cdk8s';
import {
  kustomizationDefaults,
  NAMESPACES_STAY,
  NOT_PRUNED,
  RETRY_INTERVAL,
  CROSS_NAMESPACE_SOURCE,
  TIMEOUT,
  VIRTUAL_TIMEOUT,
} from './common.ts';
import { EndOfPods } from './end-of-pods.ts';
import { HELM_API_VERSION, HelmRelease, Kustomization } from './kinds.ts';

export interface FluxTenantAppProps {
  readonly tenant: Pick<Tenant, 'id' | 'state'>;
  readonly flux: Flux;
  /** The tenant's directory of what Flux reads, within dist/. */
  readonly directory: string;
  /** Version of the vcluster chart. */
  readonly chartVersion: string;
  /** Reference of an image with kubectl. */
  readonly kubectl: string;
  /** Where the directory with its Secrets lies, seen from its `virtual/`; null where it has none. */
  readonly secrets: string | null;
}

/**
 * What Flux has of one tenant, in the order in which it is applied: its objects on the host, its
 * vcluster, and, from its own namespace, where its kubeconfig is, its objects inside. Of one that is
 * held paused the last is suspended, and its pods are ended.
 */
export class FluxTenantApp extends App {
  /** What the host's Kustomization applies. */
  readonly tenant: Chart;
  /** What lies in the directories that these apply. */
  readonly vcluster: Chart;
  /** Empty where the tenant runs. */
  readonly pause: Chart;

  constructor(props: FluxTenantAppProps) {
    super();
    const { tenant, flux, directory, chartVersion, kubectl, secrets } = props;
    const { id } = tenant;
    const isPaused = tenant.state !== 'active';
    const name = vclusterName(id);
    const labels = hostLabels(id);
    const inFlux = { namespace: FLUX_NAMESPACE, labels };
    const kustomization = (part: FluxPart) => ({ ...inFlux, name: fluxKustomization(id, part) });
    const after = (part: FluxPart) => [{ name: fluxKustomization(id, part) }];
    const defaults = kustomizationDefaults(flux.interval);
    const chart = (of: string) => new Chart(this, of, { disableResourceNameHashes: true });
    this.tenant = chart('tenant');
    this.vcluster = chart('vcluster');
    this.pause = chart('pause');

    new Kustomization(this.tenant, 'host', {
      metadata: kustomization('host'),
      spec: {
        ...defaults,
        ...NAMESPACES_STAY,
        // The policies hold a tenant in from its first pod on.
        dependsOn: [{ name: FLUX_HOST_WIDE }],
        wait: true,
        path: `./dist/${id}/host`,
      },
    });
    new Kustomization(this.tenant, 'vcluster', {
      metadata: kustomization('vcluster'),
      spec: {
        ...defaults,
        dependsOn: after('host'),
        // No more than the release: what is inside waits for this one.
        healthChecks: [
          { apiVersion: HELM_API_VERSION, kind: 'HelmRelease', namespace: FLUX_NAMESPACE, name },
        ],
        path: `./dist/${directory}/vcluster`,
      },
    });

    const strategy = { name: 'RetryOnFailure', retryInterval: RETRY_INTERVAL } as const;
    new HelmRelease(this.vcluster, 'release', {
      metadata: { ...inFlux, name, annotations: NOT_PRUNED },
      spec: {
        interval: flux.interval,
        timeout: TIMEOUT,
        releaseName: name,
        targetNamespace: hostNamespace(id),
        // In the tenant's namespace its syncer could write the records, which say what is deleted.
        storageNamespace: FLUX_NAMESPACE,
        chartRef: { kind: 'OCIRepository', name: fluxChart(chartVersion) },
        install: { strategy },
        upgrade: { strategy },
        driftDetection: { mode: 'enabled' },
        valuesFrom: [{ kind: 'ConfigMap', name: fluxValues(id) }],
      },
    });
    new Kustomization(this.vcluster, 'virtual', {
      // A kubeconfig is read from a Kustomization's own namespace only.
      metadata: { name: FLUX_VIRTUAL, namespace: hostNamespace(id), labels },
      spec: {
        ...defaults,
        ...NAMESPACES_STAY,
        sourceRef: CROSS_NAMESPACE_SOURCE,
        dependsOn: [{ name: fluxKustomization(id, 'vcluster'), namespace: FLUX_NAMESPACE }],
        suspend: isPaused,
        timeout: VIRTUAL_TIMEOUT,
        wait: true,
        kubeConfig: { secretRef: { name: fluxCredentialsSecret(name), key: 'config' } },
        path: `./dist/${id}/virtual`,
        // The key is the controller's own: here the syncer could read it.
        ...(secrets !== null && { decryption: { provider: 'sops' }, components: [secrets] }),
      },
    });

    if (!isPaused) return;
    const { deletionPolicy: _orphan, ...unguarded } = defaults;
    new Kustomization(this.tenant, 'pause', {
      metadata: kustomization('pause'),
      spec: {
        ...unguarded,
        dependsOn: after('vcluster'),
        wait: true,
        // A Job cannot be changed, only made anew.
        force: true,
        path: `./dist/${directory}/pause`,
      },
    });
    new EndOfPods(this.pause, 'end', { id, kubectl });
  }
}
