import { isDeepStrictEqual } from 'node:util';
import type { TenantDist } from '../dist/read.ts';
import { driftedObjects } from './drift.ts';
import { getRelease, type Release } from '../tools/helm.ts';
import type { Host } from '../cluster/host.ts';
import { applyObjects, getSame, kubectl } from '../tools/kubectl.ts';
import { type Place, placeOf } from '../cluster/tenant-connection.ts';
import { createVcluster } from '../tools/vcluster.ts';

/** What only asks the server what a chart's objects would look like now. */
const DRIFT_MANAGER = 'tenantry-drift';

/**
 * Brings a tenant's vcluster to its values and chart version. Helm runs only where the live values,
 * chart version or chart objects differ, since each upgrade makes a revision. Returns why it ran.
 */
export async function ensureRelease(
  host: Host,
  tenant: TenantDist,
  scratch: string,
  { name, namespace }: Place = placeOf(tenant.id),
): Promise<readonly string[]> {
  const release = await getRelease(host.$, host.target, name, namespace);
  const reasons = reasonsToUpgrade(release, tenant);
  if (reasons.length === 0 && release !== null) reasons.push(...(await chartDrift(host, release)));
  if (reasons.length === 0) return [];
  if (release?.status.startsWith('pending-') === true)
    await forgetRevision(host, name, namespace, release);
  await createVcluster(host.$, host.target, {
    name,
    namespace,
    values: tenant.valuesFile,
    chartVersion: tenant.chartVersion,
    chartDir: host.chartDir,
    scratch,
  });
  return reasons;
}

/** Why a release is not what dist/ asks for, as far as Helm itself knows. */
export function reasonsToUpgrade(
  release: Pick<Release, 'status' | 'chart' | 'values'> | null,
  { values, chartVersion }: Pick<TenantDist, 'values' | 'chartVersion'>,
): string[] {
  if (release === null) return ['not installed'];
  const reasons: string[] = [];
  if (release.status !== 'deployed') reasons.push(`release is ${release.status}`);
  if (release.chart !== `vcluster-${chartVersion}`) reasons.push(`chart is ${release.chart}`);
  if (!isDeepStrictEqual(release.values, values)) reasons.push('values differ');
  return reasons;
}

async function chartDrift({ $, target }: Host, { objects }: Release): Promise<readonly string[]> {
  const [live, wanted] = await Promise.all([
    getSame($, target, objects),
    applyObjects($, target, objects, { fieldManager: DRIFT_MANAGER, force: true, dryRun: true }),
  ]);
  return driftedObjects(live, wanted).map((reference) => `drift in ${reference}`);
}

/** A Helm that was killed leaves a pending revision, which makes every later upgrade refuse. */
async function forgetRevision(
  { $, target }: Host,
  name: string,
  namespace: string,
  { revision }: Release,
): Promise<void> {
  await kubectl($, target, [
    '-n',
    namespace,
    'delete',
    'secret',
    `sh.helm.release.v1.${name}.v${revision}`,
  ]);
}
