import { z } from 'zod';
import {
  DEFAULT_CLUSTER_CIDRS,
  DEFAULT_PLAN,
  DEFAULT_PLANS,
  DEFAULT_STORAGE_CLASSES,
  planSchema,
  unsetTenantSchema,
} from './schema.ts';
import { formatPath, show } from './fault.ts';
import { type HostEntry, hostBreaches, hostEntries, hostOf } from './host-rules.ts';
import { hostnameBreaches } from './hostname-rules.ts';
import { suggest } from './suggest.ts';
import { resolvePlan } from './resolve.ts';
import type { Breach } from './breach.ts';
import { capacityBreaches } from './capacity-rules.ts';
import { planBreaches, planBreachesOn, type PlanHost } from './plan-rules.ts';
import { releaseReferenceBreaches } from './release-rules.ts';
import type { Plan } from './tenant.ts';
import { valueAt } from './explain.ts';
import { waveBreaches } from './wave-rules.ts';

const planAmounts = planSchema.omit({ vcluster: true });

type TenantEntry = z.output<typeof unsetTenantSchema>;

/**
 * The rules that no schema can say. They look at the parts that are well-formed by themselves, so
 * that all faults of a file are found in one go.
 */
export function checkRules(file: unknown): readonly Breach[] {
  const plans = readPlans(file);
  const tenants = readTenants(file);
  const hosts = hostEntries(file);
  const alone = [
    ...tenants.flatMap(([index, tenant]) => stateBreaches(index, tenant)),
    ...duplicateBreaches(file),
    ...hostBreaches(file, hosts, rawTenants(file)),
    ...hostnameBreaches(hosts, rawTenants(file)),
    ...releaseReferenceBreaches(file),
    ...waveBreaches(file),
  ];
  if (plans === null) return alone;
  const fallback = valueAt(file, ['defaultPlan']) ?? DEFAULT_PLAN;
  const byHost = Map.groupBy(tenants, ([, tenant]) => hostOf(tenant, hosts));
  return [
    ...alone,
    ...[...plans.values()].flatMap((plan) => (plan === null ? [] : planBreaches(plan))),
    ...defaultPlanBreaches(fallback, plans, valueAt(file, ['defaultPlan']) !== undefined),
    ...rawTenants(file).flatMap((entry, index) => planReferenceBreaches(index, entry, plans)),
    ...hosts.flatMap((host) => {
      const here = (byHost.get(host) ?? []).map(([, tenant]) => ({
        ...tenant,
        plan: planOf(tenant, plans, fallback),
      }));
      // The only host is one of every plan; of several a plan needs those where its tenants live.
      const plansHere = hosts.length === 1 ? plans.values() : here.map(({ plan }) => plan);
      return [
        ...known([...new Set(plansHere)]).flatMap((plan) => planBreachesOn(planHost(host), plan)),
        ...capacityBreaches(host, {
          active: known(here.filter(({ state }) => state === 'active').map(({ plan }) => plan)),
          plans: known(here.map(({ plan }) => plan)),
          count: here.length,
        }),
      ];
    }),
  ];
}

function known(plans: readonly (Plan | null)[]): readonly Plan[] {
  return plans.filter((plan) => plan !== null);
}

/** Null where it is not known. */
function planOf({ plan }: TenantEntry, plans: Plans, fallback: unknown): Plan | null {
  return plans.get(plan ?? String(fallback)) ?? null;
}

/** Plans by name; null for one that is not well-formed, so that references to it are not faults too. */
type Plans = ReadonlyMap<string, Plan | null>;

/** Null where `plans` is no object, so that nothing can be said of references to it. */
function readPlans(file: unknown): Plans | null {
  const plans = valueAt(file, ['plans']) ?? DEFAULT_PLANS;
  if (typeof plans !== 'object' || plans === null || Array.isArray(plans)) return null;
  return new Map(
    Object.entries(plans).map(([name, entry]) => {
      // The plan's amounts are looked at whatever its values for the chart are like.
      const { vcluster, ...amounts } = Object(entry) as Record<string, unknown>;
      const parsed = planAmounts.safeParse(amounts);
      if (!parsed.success) return [name, null];
      const values = z.record(z.string(), z.unknown()).safeParse(vcluster);
      return [name, resolvePlan(name, { ...parsed.data, vcluster: values.data })];
    }),
  );
}

function readTenants(file: unknown): readonly (readonly [number, TenantEntry])[] {
  return rawTenants(file).flatMap((entry, index) => {
    const parsed = unsetTenantSchema.safeParse(entry);
    return parsed.success ? [[index, parsed.data] as const] : [];
  });
}

function rawTenants(file: unknown): readonly unknown[] {
  const tenants = valueAt(file, ['tenants']);
  return Array.isArray(tenants) ? tenants : [];
}

function unknownPlan(name: string, plans: Plans): string {
  const near = suggest(name, [...plans.keys()]);
  return near === null
    ? `known plans: ${[...plans.keys()].map(show).join(', ') || 'none'}`
    : `did you mean ${show(near)}?`;
}

function defaultPlanBreaches(fallback: unknown, plans: Plans, written: boolean): readonly Breach[] {
  if (typeof fallback !== 'string' || plans.has(fallback)) return [];
  const message = written
    ? `found ${show(fallback)}; no such plan; ${unknownPlan(fallback, plans)}`
    : `missing, and its default, ${show(fallback)}, is no plan; ${unknownPlan(fallback, plans)}`;
  return [{ path: ['defaultPlan'], message }];
}

function planReferenceBreaches(index: number, entry: unknown, plans: Plans): readonly Breach[] {
  const plan = valueAt(entry, ['plan']);
  if (typeof plan !== 'string' || plans.has(plan)) return [];
  const message = `found ${show(plan)}; no such plan; ${unknownPlan(plan, plans)}`;
  return [{ path: ['tenants', index, 'plan'], message }];
}

function stateBreaches(index: number, tenant: TenantEntry): readonly Breach[] {
  if (tenant.state !== 'active') return [];
  return (['pausedBy', 'pausedSince'] as const)
    .filter((key) => tenant[key] !== undefined)
    .map((key) => ({
      path: ['tenants', index, key],
      message: 'says of an active tenant that it is paused; remove it or set "state": "paused"',
    }));
}

function duplicateBreaches(file: unknown): readonly Breach[] {
  const first = new Map<string, number>();
  return rawTenants(file).flatMap((entry, index) => {
    const id = valueAt(entry, ['id']);
    if (typeof id !== 'string') return [];
    const earlier = first.get(id);
    if (earlier === undefined) {
      first.set(id, index);
      return [];
    }
    const message = `found ${show(id)}; ids are unique, and tenants[${earlier}] has this one`;
    return [{ path: ['tenants', index, 'id'], message }];
  });
}

/** What of a host plans are held against, as far as it is well-formed. */
function planHost({ path, value }: HostEntry): PlanHost {
  const list = (key: string, fallback: readonly string[]) => {
    const found = valueAt(value, [key]) ?? fallback;
    return Array.isArray(found) ? found.map(String) : [];
  };
  const apiCidr = valueAt(value, ['apiCidr']);
  return {
    where: formatPath(path),
    storageClasses: list('storageClasses', DEFAULT_STORAGE_CLASSES),
    runtimeClasses: list('runtimeClasses', []),
    apiCidr: typeof apiCidr === 'string' ? apiCidr : null,
    clusterCidrs: list('clusterCidrs', DEFAULT_CLUSTER_CIDRS),
  };
}
