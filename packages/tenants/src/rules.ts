import { formatBytes, formatCpu, parseBytes, parseCpu } from './quantity.ts';
import type { z } from 'zod';
import { DEFAULT_PLAN, DEFAULT_PLANS, planSchema, tenantSchema } from './schema.ts';
import { show } from './fault.ts';
import { suggest } from './suggest.ts';
import { resolvePlan } from './resolve.ts';
import type { Plan, Resources } from './tenant.ts';
import { valueAt } from './explain.ts';

/** A rule that spans several parts of the file was broken. */
export interface Breach {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type TenantEntry = z.output<typeof tenantSchema>;

/**
 * The rules that no schema can say. They look at the parts that are well-formed by themselves, so
 * that all faults of a file are found in one go.
 */
export function checkRules(file: unknown): readonly Breach[] {
  const plans = readPlans(file);
  const tenants = readTenants(file);
  const fallback = valueAt(file, ['defaultPlan']) ?? DEFAULT_PLAN;
  return [
    ...planBreaches(plans),
    ...defaultPlanBreaches(fallback, plans, 'defaultPlan' in Object(file)),
    ...rawTenants(file).flatMap((entry, index) => planReferenceBreaches(index, entry, plans)),
    ...tenants.flatMap(([index, tenant]) => stateBreaches(index, tenant)),
    ...duplicateBreaches(file),
    ...capacityBreaches(file, tenants, plans, fallback),
  ];
}

/** Plans by name; null for one that is not well-formed, so that references to it are not faults too. */
type Plans = ReadonlyMap<string, Plan | null>;

function readPlans(file: unknown): Plans {
  const plans = valueAt(file, ['plans']) ?? DEFAULT_PLANS;
  const entries = typeof plans === 'object' && plans !== null ? Object.entries(plans) : [];
  return new Map(
    entries.map(([name, entry]) => {
      const parsed = planSchema.safeParse(entry);
      return [name, parsed.success ? resolvePlan(name, parsed.data) : null];
    }),
  );
}

function readTenants(file: unknown): readonly (readonly [number, TenantEntry])[] {
  return rawTenants(file).flatMap((entry, index) => {
    const parsed = tenantSchema.safeParse(entry);
    return parsed.success ? [[index, parsed.data] as const] : [];
  });
}

function rawTenants(file: unknown): readonly unknown[] {
  const tenants = valueAt(file, ['tenants']);
  return Array.isArray(tenants) ? tenants : [];
}

function planBreaches(plans: Plans): readonly Breach[] {
  return [...plans].flatMap(([name, plan]) => {
    if (plan === null) return [];
    const breaches: Breach[] = [];
    if (plan.requests.cpu > plan.cpu) {
      breaches.push({
        path: ['plans', name, 'requests', 'cpu'],
        message: `${formatCpu(plan.requests.cpu)} is more than the plan's limit of ${formatCpu(plan.cpu)}`,
      });
    }
    if (plan.requests.memory > plan.memory) {
      breaches.push({
        path: ['plans', name, 'requests', 'memory'],
        message: `${formatBytes(plan.requests.memory)} is more than the plan's limit of ${formatBytes(plan.memory)}`,
      });
    }
    return breaches;
  });
}

function unknownPlan(name: string, plans: Plans): string {
  const near = suggest(name, [...plans.keys()]);
  return near === null
    ? `plans has: ${[...plans.keys()].join(', ') || 'none'}`
    : `did you mean ${near}?`;
}

function defaultPlanBreaches(fallback: unknown, plans: Plans, written: boolean): readonly Breach[] {
  if (typeof fallback !== 'string' || plans.has(fallback)) return [];
  const message = written
    ? `found ${show(fallback)}; no such plan; ${unknownPlan(fallback, plans)}`
    : `missing, and there is no plan ${show(fallback)}; ${unknownPlan(fallback, plans)}`;
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
    const message = `found ${show(id)}; an id stands once, and tenants[${earlier}] has it`;
    return [{ path: ['tenants', index, 'id'], message }];
  });
}

function capacityBreaches(
  file: unknown,
  tenants: readonly (readonly [number, TenantEntry])[],
  plans: Plans,
  fallback: unknown,
): readonly Breach[] {
  const cpu = valueAt(file, ['host', 'capacity', 'cpu']);
  const memory = valueAt(file, ['host', 'capacity', 'memory']);
  const capacity = {
    cpu: typeof cpu === 'string' ? parseCpu(cpu) : null,
    memory: typeof memory === 'string' ? parseBytes(memory) : null,
  };
  const wanted = tenants
    .filter(([, tenant]) => tenant.state === 'active')
    .map(
      ([, tenant]) =>
        plans.get(tenant.plan ?? (typeof fallback === 'string' ? fallback : DEFAULT_PLAN))
          ?.requests,
    )
    .filter((requests) => requests !== undefined)
    .reduce<Resources>(
      (sum, requests) => ({ cpu: sum.cpu + requests.cpu, memory: sum.memory + requests.memory }),
      { cpu: 0, memory: 0 },
    );
  const breaches: Breach[] = [];
  if (capacity.cpu !== null && wanted.cpu > capacity.cpu) {
    breaches.push({
      path: ['host', 'capacity', 'cpu'],
      message: `found ${show(cpu)}; the active tenants' plans request ${formatCpu(wanted.cpu)}`,
    });
  }
  if (capacity.memory !== null && wanted.memory > capacity.memory) {
    breaches.push({
      path: ['host', 'capacity', 'memory'],
      message: `found ${show(memory)}; the active tenants' plans request ${formatBytes(wanted.memory)}`,
    });
  }
  return breaches;
}
