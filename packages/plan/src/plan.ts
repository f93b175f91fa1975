import { hashOf } from './content.ts';
import type { Change } from './change.ts';
import type { KubeObject } from './kube-object.ts';
import type { Observed } from './observed.ts';
import { planObjects } from './plan-objects.ts';
import { ABSENT, planTenant, type TenantPlan } from './plan-tenant.ts';
import { appliedIn } from './record.ts';
import type { Risk } from './risks/risk.ts';
import type { WantedTenant } from './wanted.ts';
import { type RolloutWave, wavesOf } from './waves.ts';

/** All that a deploy does. */
export interface Plan {
  /** The host's context. */
  readonly context: string;
  readonly hostWide: readonly Change[];
  /** Of the changes for all tenants. */
  readonly risks: readonly Risk[];
  readonly tenants: readonly TenantPlan[];
  /** The ids of the tenants by their waves, in the order of the rollout. */
  readonly waves: readonly RolloutWave<string>[];
  /** Live, but not in dist/: said, and left alone. */
  readonly orphans: readonly string[];
  /** Whether host-wide objects were found as wanted that were not known to be. */
  readonly note: boolean;
  /** Of what is wanted, as a hash. */
  readonly dist: string;
}

/** What dist/ wants, or the part of it that is asked for. */
export interface Dist {
  readonly hostWide: readonly KubeObject[];
  readonly tenants: readonly WantedTenant[];
  /** All ids in dist/, also those that are not asked for. */
  readonly known: readonly string[];
}

/** Decides what a deploy does. */
export function plan({ hostWide, tenants, known }: Dist, seen: Observed): Plan {
  const shared = planObjects(
    'host-wide',
    hostWide,
    hostWideSurplus(hostWide, seen),
    seen.hostWide,
    appliedIn('host-wide', seen.hostWideRecord.applied),
  );
  return {
    context: seen.context,
    hostWide: shared.changes,
    risks: shared.risks,
    tenants: tenants.map((tenant) =>
      planTenant(tenant, seen.tenants.get(tenant.id) ?? ABSENT, seen.clusterBlocks),
    ),
    waves: wavesOf(tenants).map(({ name, tenants: members }) => ({
      name,
      tenants: members.map(({ id }) => id),
    })),
    orphans: seen.live.filter((id) => !known.includes(id)),
    note: shared.learnt.length > 0,
    dist: hashOf({ hostWide, tenants }),
  };
}

/** Ours by label and by name: others' policies may bear the label too. */
function hostWideSurplus(wanted: readonly KubeObject[], { hostWide }: Observed): readonly string[] {
  const keep = new Set(wanted.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
  return [...hostWide.live]
    .filter(
      ([, { kind, metadata }]) =>
        metadata.name.startsWith('tenantry-') && !keep.has(`${kind} ${metadata.name}`),
    )
    .map(([reference]) => reference);
}

/** Whether a deploy has nothing to do. */
export function isEmpty({ hostWide, tenants }: Pick<Plan, 'hostWide' | 'tenants'>): boolean {
  return (
    hostWide.length === 0 &&
    tenants.every(
      ({ changes, unseen, obstacle }) =>
        changes.length === 0 && unseen === null && obstacle === null,
    )
  );
}
