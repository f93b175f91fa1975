import { isDeepStrictEqual } from 'node:util';
import type { TenantDist } from '../dist/read.ts';
import { Fault } from '../cli/errors.ts';
import {
  readReleaseRecords,
  recordName,
  type Release,
  type ReleaseName,
  type ReleaseRecords,
} from '../tools/helm.ts';
import type { Host } from '../cluster/host.ts';
import { kubectl, referenceOf } from '../tools/kubectl.ts';
import { replaceWhole, wholeDrift } from '../kube/whole-objects.ts';
import { placeOf } from '../cluster/tenant-connection.ts';
import { createVcluster } from '../tools/vcluster.ts';

/** What became of a tenant's release. */
export interface ReleaseOutcome {
  /** Why Helm ran; empty where it did not. */
  readonly reasons: readonly string[];
  /** Digest of the record that is believed from now on. */
  readonly digest: string;
}

export interface ReleaseOptions {
  /** A private directory for what lives as long as the call. */
  readonly scratch: string;
  /** Digest of the record that deploy's last upgrade left; null where it is not known. */
  readonly known: string | null;
  /** @default where the tenant's vcluster lies */
  readonly place?: ReleaseName;
}

/**
 * Brings a tenant's vcluster to its values and chart version. Helm runs only where values, chart
 * version or chart objects differ, since each upgrade makes a revision, or where its record is not
 * the one that deploy left. Records that the chart cannot have left are deleted before Helm reads
 * them; where none remains, Helm adopts the objects, which are marked as the release's.
 */
export async function ensureRelease(
  host: Host,
  tenant: TenantDist,
  { scratch, known, place = placeOf(tenant.id) }: ReleaseOptions,
): Promise<ReleaseOutcome> {
  const { $, target } = host;
  const records = await readReleaseRecords($, target, place);
  const { newest } = records;
  const reasons = reasonsToUpgrade(records, tenant, known);
  if (reasons.length === 0 && newest !== null) {
    const { missing, different } = await wholeDrift($, target, newest.objects);
    reasons.push(...[...missing, ...different].map((reference) => `drift in ${reference}`));
  }
  if (reasons.length === 0 && newest !== null) return { reasons, digest: newest.digest };
  await deleteRecords(host, place, recordsToDelete(records, place));
  await createVcluster($, target, {
    ...place,
    values: tenant.valuesFile,
    chartVersion: tenant.chartVersion,
    chartDir: host.chartDir,
    scratch,
  });
  const release = await upgradedRelease(host, place);
  const isNew = newest === null && records.refused.length === 0;
  if (!isNew) await takeBackAdditions(host, release);
  return { reasons, digest: release.digest };
}

/** Why a release is not what dist/ asks for, as far as Helm's records say. */
export function reasonsToUpgrade(
  { newest, refused }: ReleaseRecords,
  { values, chartVersion }: Pick<TenantDist, 'values' | 'chartVersion'>,
  known: string | null,
): string[] {
  const reasons = refused.map(({ secret, why }) => `forged Secret ${secret} deleted: ${why}`);
  if (newest === null) return [...reasons, 'not installed'];
  if (newest.status !== 'deployed') reasons.push(`release is ${newest.status}`);
  if (newest.chart !== `vcluster-${chartVersion}`) reasons.push(`chart is ${newest.chart}`);
  if (!isDeepStrictEqual(newest.values, values)) reasons.push('values differ');
  if (reasons.length === 0 && newest.digest !== known) {
    reasons.push("Helm's record is not the one that deploy left");
  }
  return reasons;
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

/** What an upgrade leaves of what others have added to the chart's objects is taken back. */
async function takeBackAdditions({ $, target }: Host, { objects }: Release): Promise<void> {
  const { different, live } = await wholeDrift($, target, objects);
  const added = live.filter((object) => different.includes(referenceOf(object)));
  await replaceWhole($, target, added, objects);
}

async function deleteRecords(
  { $, target }: Host,
  { namespace }: ReleaseName,
  secrets: readonly string[],
): Promise<void> {
  if (secrets.length === 0) return;
  await kubectl($, target, ['-n', namespace, 'delete', '--ignore-not-found', 'secret', ...secrets]);
}

/** @throws Fault where somebody writes the records while Helm does */
async function upgradedRelease({ $, target }: Host, place: ReleaseName): Promise<Release> {
  const { newest, refused } = await readReleaseRecords($, target, place);
  if (refused.length === 0 && newest?.status === 'deployed') return newest;
  throw new Fault({
    what: `Helm's records of ${place.namespace}/${place.name}`,
    why:
      refused.map(({ secret, why }) => `Secret ${secret}: ${why}`).join('; ') ||
      `the upgrade left a release that is ${newest?.status ?? 'missing'}`,
    todo: 'find out who writes Secrets in that namespace (pnpm verify), then run pnpm deploy again',
  });
}
