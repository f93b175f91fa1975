import {
  FLUX_DIRECTORY,
  FLUX_HOST_WIDE,
  FLUX_NAMESPACE,
  FLUX_ROOT,
  type Flux,
  fluxChart,
  SYSTEM_NAMESPACE,
  SYSTEM_NAMESPACE_LABELS,
} from '@tenantry/tenants';
import { App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { OCIRepositorySpec } from '../generated/ocirepository.ts';
import { kustomizationDefaults, MANAGED, NAMESPACES_STAY, NOT_PRUNED } from './common.ts';
import { Kustomization, OCIRepository } from './kinds.ts';

/** How soon a commit is seen. */
const PULL_INTERVAL = '1m';

/** Each commit moves it on. */
const DIST_TAG = 'latest';

const CHART_MEDIA_TYPE = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

export interface FluxHostAppProps {
  readonly flux: Flux;
  /** The directories of dist/ with what all tenants of the host share, and with what Flux reads there. */
  readonly directories: { readonly hostWide: string; readonly flux: string };
  /** Version of the vcluster chart. */
  readonly chartVersion: string;
}

/** What Flux on a host has once: where it pulls from, and the Kustomization that applies all others. */
export class FluxHostApp extends App {
  readonly chart: Chart;

  constructor({ flux, directories, chartVersion }: FluxHostAppProps) {
    super();
    this.chart = new Chart(this, FLUX_DIRECTORY, { disableResourceNameHashes: true });
    const named = (name: string) => ({ name, namespace: FLUX_NAMESPACE, labels: MANAGED });
    const root = { ...named(FLUX_ROOT), annotations: NOT_PRUNED };
    const source = (name: string): OCIRepositorySpec => ({
      interval: PULL_INTERVAL,
      url: `${flux.registry}/${name}`,
      ...(flux.insecure && { insecure: true }),
      ...(flux.pullSecret !== null && { secretRef: { name: flux.pullSecret } }),
    });
    const digest = flux.charts[chartVersion];

    // Made by deploy for what it keeps there; a tenant's route needs it as well.
    new k8s.KubeNamespace(this.chart, 'system', {
      metadata: {
        name: SYSTEM_NAMESPACE,
        labels: SYSTEM_NAMESPACE_LABELS,
        annotations: NOT_PRUNED,
      },
    });
    new OCIRepository(this.chart, 'dist', {
      metadata: root,
      spec: { ...source('dist'), ref: { tag: DIST_TAG } },
    });
    new OCIRepository(this.chart, 'chart', {
      metadata: named(fluxChart(chartVersion)),
      spec: {
        ...source('vcluster'),
        ref: { tag: chartVersion, ...(digest !== undefined && { digest }) },
        layerSelector: { mediaType: CHART_MEDIA_TYPE, operation: 'copy' },
      },
    });
    const defaults = kustomizationDefaults(flux.interval);
    new Kustomization(this.chart, 'root', {
      metadata: root,
      spec: { ...defaults, path: `./dist/${directories.flux}` },
    });
    new Kustomization(this.chart, 'host-wide', {
      metadata: named(FLUX_HOST_WIDE),
      spec: { ...defaults, ...NAMESPACES_STAY, wait: true, path: `./dist/${directories.hostWide}` },
    });
  }
}
