import { isDeepStrictEqual } from 'node:util';
import type { ReleaseChange, UpgradeReason } from './change.ts';
import { fingerprintOf, hashOf } from './content.ts';
import type { Applied } from './dry-run.ts';
import { fieldChanges } from './field-diff.ts';
import type { Release, ReleaseRecords } from './helm-release.ts';
import type { KubeObject } from './kube-object.ts';
import type { ObservedRelease } from './observed.ts';
import { planObjects, type ObjectsPlan } from './plan-objects.ts';
import type { ReleaseMark } from './record.ts';
import type { Risk } from './risks/risk.ts';
import { risksOf } from './risks/risks-of.ts';
import type { WantedTenant } from './wanted.ts';

type Wanted = Pick<WantedTenant, 'values' | 'chartVersion'>;

export interface ReleasePlan extends ObjectsPlan {
  /** Whether Helm has to run. */
  readonly helm: ReleaseChange | null;
  /** Secrets that Helm would read and that are deleted before: what the chart cannot have left. */
  readonly forged: ReleaseRecords['refused'];
}

/** Whether all that deploy knows of a release is as it was, so that Helm's records need no reading. */
export function isReleaseKnown(
  secrets: string | null,
  mark: ReleaseMark | null,
  { values, chartVersion }: Wanted,
): boolean {
  return (
    mark !== null &&
    mark.secrets === secrets &&
    mark.chart === `vcluster-${chartVersion}` &&
    mark.values === hashOf(values)
  );
}

/** Whether the chart's objects are all as deploy has left them. */
export function isChartUnchanged(
  live: ReadonlyMap<string, KubeObject>,
  applied: ReadonlyMap<string, Applied>,
): boolean {
  return [...applied].every(([reference, { to }]) => {
    const object = live.get(reference);
    return object !== undefined && fingerprintOf('vcluster', object, object) === to;
  });
}

/** What brings a vcluster to its values and chart version. */
export function planRelease(
  wanted: Wanted,
  { keeper, secrets, records, chart }: ObservedRelease,
  mark: ReleaseMark | null,
  applied: ReadonlyMap<string, Applied>,
  known: string | null,
): ReleasePlan {
  const nothing = { helm: null, forged: [], changes: [], learnt: [], risks: [] };
  if (records === null) {
    if (isReleaseKnown(secrets, mark, wanted)) return nothing;
    if (secrets === null) return install(wanted);
    throw new TypeError("Helm's records were not read");
  }
  const { newest, refused } = records;
  if (newest === null) return { ...install(wanted), forged: refused };
  const left = keeper === 'flux' ? newest.digest : known;
  const reasons = upgradeReasons(newest, wanted, left, refused.length > 0);
  if (reasons.length > 0) {
    const helm = { layer: 'vcluster', kind: 'upgrade', reasons } as const;
    const risks = releaseRisks(newest, wanted);
    return { ...nothing, helm, forged: refused, risks };
  }
  return {
    ...nothing,
    ...(chart !== null && planObjects('vcluster', chart.wanted, [], chart.seen, applied)),
  };
}

function install({ chartVersion }: Wanted): ReleasePlan {
  const helm = { layer: 'vcluster', kind: 'install', chartVersion } as const;
  return { helm, forged: [], changes: [], learnt: [], risks: [] };
}

/** The risks of an upgrade, as values and chart show them. */
function releaseRisks(
  { chart, values }: Pick<Release, 'chart' | 'values'>,
  { values: wanted, chartVersion }: Wanted,
): readonly Risk[] {
  const state = 'active' as const;
  const before = { state, chartVersion: chart.replace(/^vcluster-/, '') };
  return [
    ...risksOf('vcluster', { kind: 'tenant', before, after: { state, chartVersion } }),
    ...risksOf('vcluster', { kind: 'values', before: values ?? {}, after: wanted ?? {} }),
  ];
}

/** Why Helm has to run, as far as its records say. */
export function upgradeReasons(
  { status, chart, values, digest }: Pick<Release, 'status' | 'chart' | 'values' | 'digest'>,
  wanted: Wanted,
  known: string | null,
  forged: boolean,
): readonly UpgradeReason[] {
  const reasons: UpgradeReason[] = [];
  if (status !== 'deployed') reasons.push({ what: 'status', status });
  const version = chart.replace(/^vcluster-/, '');
  if (version !== wanted.chartVersion) {
    reasons.push({ what: 'chart', from: version, to: wanted.chartVersion });
  }
  if (!isDeepStrictEqual(values, wanted.values)) {
    reasons.push({ what: 'values', fields: fieldChanges(values ?? {}, wanted.values ?? {}) });
  }
  if (forged || (reasons.length === 0 && digest !== known)) reasons.push({ what: 'record' });
  return reasons;
}
