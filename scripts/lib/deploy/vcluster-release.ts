import {
  placeOf,
  recordName,
  type Release,
  type ReleaseName,
  type ReleaseRecords,
} from '@tenantry/plan';
import { Fault } from '../cli/errors.ts';
import type { ConnectedHost } from '../cluster/host.ts';
import { readReleaseRecords } from '../cluster/records.ts';
import type { TenantDist } from '../dist/read.ts';
import type { KubeClient } from '../kube/client.ts';
import { remove } from '../kube/requests.ts';
import { createVcluster } from '../tools/vcluster.ts';

export interface InstallOptions {
  /** A private directory for what lives as long as the call. */
  readonly scratch: string;
  /** What Helm has kept of the release, as it was read last; null where there is nothing. */
  readonly records: ReleaseRecords | null;
  /** Ends Helm. An interruption does not: it waits for it. */
  readonly kill?: AbortSignal;
  /** @default where the tenant's vcluster lies */
  readonly place?: ReleaseName;
}

/**
 * Has Helm install a tenant's vcluster, or upgrade it to its values and chart version. Records that
 * the chart cannot have left are deleted before Helm reads them; where none remains, Helm adopts the
 * objects, which are marked as the release's. Returns what Helm has kept of it.
 */
export async function installRelease(
  host: ConnectedHost,
  tenant: Pick<TenantDist, 'id' | 'valuesFile' | 'chartVersion'>,
  { scratch, records, kill, place = placeOf(tenant.id) }: InstallOptions,
): Promise<Release> {
  if (records !== null) await deleteRecords(host.client, place, recordsToDelete(records, place));
  await createVcluster(host.$, host.target, {
    ...place,
    values: tenant.valuesFile,
    chartVersion: tenant.chartVersion,
    chartDir: await host.chartDir(tenant.chartVersion),
    scratch,
    ...(kill !== undefined && { kill }),
  });
  return releaseAfter(host.client, place);
}

/** What Helm must not read, and the pending revision that a killed Helm leaves: it refuses to go on. */
export function recordsToDelete(
  { newest, refused }: ReleaseRecords,
  place: ReleaseName,
): readonly string[] {
  const pending =
    newest?.status.startsWith('pending-') === true ? [recordName(place, newest.revision)] : [];
  return [...refused.map(({ secret }) => secret), ...pending];
}

async function deleteRecords(
  client: KubeClient,
  { namespace }: ReleaseName,
  secrets: readonly string[],
): Promise<void> {
  for (const name of secrets) {
    await remove(client, { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name } });
  }
}

/** @throws Fault where somebody writes the records while Helm does */
async function releaseAfter(client: KubeClient, place: ReleaseName): Promise<Release> {
  const { newest, refused } = await readReleaseRecords(client, place);
  if (refused.length === 0 && newest?.status === 'deployed') return newest;
  throw new Fault({
    what: `Helm's records of ${place.namespace}/${place.name}`,
    why:
      refused.map(({ secret, why }) => `Secret ${secret}: ${why}`).join('; ') ||
      `the upgrade left a release that is ${newest?.status ?? 'missing'}`,
    todo: 'find out who writes Secrets in that namespace (pnpm verify), then run pnpm deploy again',
  });
}
