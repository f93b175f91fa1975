import type { Done, Observed, ObservedTenant, Plan, TenantPlan } from '@tenantry/plan';
import { SYSTEM_NAMESPACE } from '@tenantry/tenants';
import { secondsSince } from '../cli/report.ts';
import type { Connections } from '../cluster/connections.ts';
import { recordObject } from '../cluster/records.ts';
import type { TenantDist } from '../dist/read.ts';
import { acquireLease, type HeldLease, writingUnder } from '../kube/lease.ts';
import { read } from '../kube/requests.ts';
import { type Appliance, applyTenant, needsWork } from './apply-tenant.ts';
import { makePlan } from './make-plan.ts';

/** What a deploy did for one tenant. */
export interface Outcome {
  readonly id: string;
  readonly changes: readonly Done[];
}

/** Deploys one tenant and tells what was done, also where it fails. */
export async function deployTenant(
  appliance: Appliance,
  tenant: TenantDist,
  plan: Plan,
  observed: Observed,
): Promise<Outcome> {
  const { id } = tenant;
  const start = performance.now();
  const said: Done[] = [];
  const { report } = appliance;
  try {
    await applyUnderLease(appliance, tenant, plan, observed, said);
    const answer =
      tenant.state === 'active'
        ? await report.of(id).step('check', () => appliance.check(tenant))
        : `skipped: ${tenant.state}${tenant.state === 'offboarding' ? `; held paused\n  → pnpm offboard ${id}` : ''}`;
    report.tenantDone(id, { seconds: secondsSince(start), changes: said, answer });
    return { id, changes: said };
  } catch (error) {
    report.tenantFailed(id, { seconds: secondsSince(start), changes: said, error });
    throw error;
  }
}

/** Nothing is held, and nothing written, where there is nothing to do. */
async function applyUnderLease(
  appliance: Appliance,
  tenant: TenantDist,
  plan: Plan,
  observed: Observed,
  said: Done[],
): Promise<void> {
  const { id } = tenant;
  let planned = planOf(plan, id);
  let seen = observed.tenants.get(id);
  if (seen === undefined) throw new TypeError(`${id} was not observed`);
  if (!needsWork(planned)) return applyTenant(appliance, { tenant, planned, seen, said });
  if (seen.namespace === null) await appliance.mayBeMade(id);
  const { connections, reveal, takeOver, signal } = appliance;
  const lease = { namespace: SYSTEM_NAMESPACE, name: `tenant-${id}` };
  await using held = await appliance.report
    .of(id)
    .step('lease', () => acquireLease(connections.host, lease, { what: id, signal }));
  if (await isOutdated(connections, seen, id)) {
    // Another deploy has ended in between.
    const fresh = await makePlan(connections, onlyOf(tenant), { reveal, takeOver });
    planned = planOf(fresh.plan, id);
    seen = fresh.observed.tenants.get(id) ?? seen;
  }
  return await applyTenant(underLease(appliance, held), { tenant, planned, seen, said });
}

/** The same means; once the lease is lost nothing more is written, and nothing waited for. */
function underLease(appliance: Appliance, lease: HeldLease): Appliance {
  const { connections } = appliance;
  return {
    ...appliance,
    connections: {
      host: writingUnder(connections.host, lease),
      async virtual(id) {
        const client = await connections.virtual(id);
        return client === null ? null : writingUnder(client, lease);
      },
      close: (id) => connections.close(id),
      [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
    },
    async install(tenant, records) {
      await lease.mustBeHeld();
      try {
        return await appliance.install(tenant, records, lease.lost);
      } catch (error) {
        // Rather than that Helm was ended, why.
        lease.lost.throwIfAborted();
        throw error;
      }
    },
    signal: AbortSignal.any([appliance.signal, lease.lost]),
  };
}

/** What is planned for a tenant. */
export function planOf({ tenants }: Plan, id: string): TenantPlan {
  const planned = tenants.find((each) => each.id === id);
  if (planned === undefined) throw new TypeError(`nothing is planned for ${id}`);
  return planned;
}

function onlyOf(tenant: TenantDist) {
  return { hostWide: [], tenants: [tenant], known: [tenant.id] };
}

async function isOutdated(
  { host }: Connections,
  { record }: ObservedTenant,
  id: string,
): Promise<boolean> {
  const there = await read(host, recordObject(id, record));
  return (there?.metadata.resourceVersion ?? null) !== record.version;
}
