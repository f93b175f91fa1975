import { hostNamespace, vclusterName } from '@tenantry/tenants';
import { run, type Shell } from '../cli/shell.ts';
import type { TenantDist } from '../dist/read.ts';
import type { Api } from '../kube/api-client.ts';
import { type KubeObject, parseManifest } from '@tenantry/plan';

const REPOSITORY = 'https://charts.loft.sh';

export interface RenderMeans {
  readonly $: Shell;
  /** The chart; null for the one that the vendor's repository has. */
  readonly chartDir: string | null;
  /** @default the one on PATH */
  readonly helm?: string;
}

/**
 * The objects that the pinned chart makes of a tenant's values. They are rendered anew, because
 * Helm's own record lies where the tenant's syncer may write.
 */
export async function renderChart(
  { $, chartDir, helm = 'helm' }: RenderMeans,
  { id, chartVersion, valuesFile }: Pick<TenantDist, 'id' | 'chartVersion' | 'valuesFile'>,
  kubeVersion: string,
): Promise<readonly KubeObject[]> {
  const namespace = hostNamespace(id);
  const chart =
    chartDir === null ? ['vcluster', '--repo', REPOSITORY, '--version', chartVersion] : [chartDir];
  const text = await run($, helm, [
    'template',
    vclusterName(id),
    ...chart,
    '--namespace',
    namespace,
    '--values',
    valuesFile,
    '--kube-version',
    kubeVersion,
  ]);
  return parseManifest(text, namespace);
}

/** The version that a host's API server says it has: `v1.36.3`. */
export async function kubeVersionOf(hostApi: Api): Promise<string> {
  const { body } = await hostApi.send({ path: '/version' });
  return String(body['gitVersion']);
}
