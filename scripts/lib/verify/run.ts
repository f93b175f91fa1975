import {
  type Counts,
  evaluate,
  networkProbes,
  openingResults,
  type Pair,
  type Rbac,
  type Row,
  type TenantEndpoints,
} from '@tenantry/isolation';
import pLimit from 'p-limit';
import type { KubeObject } from '@tenantry/plan';
import { EXIT } from '../cli/run-main.ts';
import type { Report } from '../cli/report.ts';
import { CONCURRENCY } from '../deploy/each-tenant.ts';
import type { TenantDist } from '../dist/read.ts';
import { tryForgedPodIps, tryNodesProxy, tryServicesProxy } from './apiserver-proxy.ts';
import { addressResults, sendPackets } from './connectivity.ts';
import { trySecrets, tryToken } from './credentials.ts';
import { type Found, findEndpoints } from './find-endpoints.ts';
import { knowsSyncer, tryHostAdmission } from './host-admission.ts';
import { lookAtHost } from './host-wide.ts';
import { tryManualEndpoints } from './manual-endpoints.ts';
import { lookAtNamespace } from './namespace-contents.ts';
import { type Part, PARTS, plannedProbes } from './planned.ts';
import type { TenantFixture, VerifyContext } from './probe-pod.ts';
import { type Fixtures, openFixtures } from './probe-pods.ts';
import { lookAtAccounts, readRbac } from './rbac.ts';
import { RunRecord } from './record.ts';
import { kubeVersionOf } from './render-chart.ts';
import { trySyncer } from './syncer.ts';
import { throttled } from './throttle.ts';
import { tryVirtualAdmission } from './virtual-admission.ts';
import { tryWebhooks } from './webhooks.ts';

export interface Plan {
  /** Everyone that tries or is tried. */
  readonly tenants: readonly TenantDist[];
  /** Those that are tried in full; of the others only packets. */
  readonly subjects: readonly string[];
  readonly pairs: readonly Pair[];
  /** What dist/ has for the whole host. */
  readonly hostWide: readonly KubeObject[];
}

/** To the host's API server. */
const REQUESTS_AT_ONCE = 16;

/** Tries everything and evaluates it. What stops one part loses that part; the rest goes on. */
export async function runVerify(
  { hostApi, ...rest }: VerifyContext,
  plan: Plan,
  report: Report,
): Promise<readonly Row[]> {
  const context = { ...rest, hostApi: throttled(hostApi, REQUESTS_AT_ONCE) };
  const limit = pLimit(CONCURRENCY);
  const record = new RunRecord();
  const { tenants, pairs } = plan;
  const active = tenants.filter(({ state }) => state === 'active');
  const fixtures = await report.step('probe pods', () =>
    openFixtures(context, active, pairs, report),
  );
  try {
    const found = await findEndpoints(context, fixtures, active);
    await report.step('packets and attacks', async () => {
      await Promise.all([
        lookAtTheHost(context, plan, fixtures, record),
        dial(context, plan, fixtures, found, record),
        ...subjectsOf(plan).map((tenant) =>
          limit(() => attack(context, plan, tenant, fixtures, found, record)),
        ),
      ]);
    });
  } finally {
    await report.step('clean-up', async () => fixtures[Symbol.asyncDispose]());
  }
  context.signal.throwIfAborted();
  return evaluate(
    record.results.map(({ probe }) => probe),
    record.results.map(({ outcome }) => outcome),
  );
}

function subjectsOf({ tenants, subjects }: Plan): readonly TenantDist[] {
  return tenants.filter(({ id }) => subjects.includes(id));
}

function othersOf({ pairs }: Plan, id: string): readonly string[] {
  return pairs.filter(({ from }) => from === id).map(({ to }) => to);
}

/** What the host itself can tell of everybody, and of each tenant. */
async function lookAtTheHost(
  context: VerifyContext,
  plan: Plan,
  fixtures: Fixtures,
  record: RunRecord,
): Promise<void> {
  const limit = pLimit(CONCURRENCY);
  const { hostApi } = context;
  let rbac: Rbac = { roles: [], bindings: [] };
  await record.run({ kind: 'host', tenant: '-', name: 'host-wide' }, async () => {
    rbac = await readRbac(hostApi);
    return lookAtHost(hostApi, plan.hostWide, rbac);
  });
  const kubeVersion = await kubeVersionOf(hostApi);
  await Promise.all(
    subjectsOf(plan).map((tenant) =>
      limit(async () => {
        const { id } = tenant;
        const api = fixtures.tenants.get(id)?.api ?? null;
        await record.run({ kind: 'host', tenant: id, name: 'namespace' }, () =>
          lookAtNamespace(context, tenant, api, kubeVersion),
        );
        await record.run({ kind: 'host', tenant: id, name: 'accounts' }, () =>
          lookAtAccounts(context, id, othersOf(plan, id).slice(0, 1), rbac),
        );
      }),
    ),
  );
}

/** All packets of a run. */
async function dial(
  context: VerifyContext,
  { tenants, pairs }: Plan,
  fixtures: Fixtures,
  { endpoints, host, outside, missing }: Found,
  record: RunRecord,
): Promise<void> {
  if (endpoints.length === 0) return;
  const packets = networkProbes(endpoints, pairs, host, outside);
  await record.run(
    { kind: 'network', tenant: '-', name: 'packets', planned: packets },
    async () => [
      ...addressResults(endpoints, missing),
      ...openingResults(tenants.filter(({ state }) => state === 'active')),
      ...(await sendPackets(context, fixtures, packets, missing)),
    ],
  );
}

/** Everything that one tenant, or whoever holds its syncer, tries beyond packets. */
async function attack(
  context: VerifyContext,
  plan: Plan,
  tenant: TenantDist,
  fixtures: Fixtures,
  { endpoints, host, missing }: Found,
  record: RunRecord,
): Promise<void> {
  if (tenant.state !== 'active') return;
  const { id } = tenant;
  const others = othersOf(plan, id);
  const lacks = missing.get(others[0] ?? '');
  const part = (name: Part) => ({
    kind: 'hostile' as const,
    tenant: id,
    name,
    planned: plannedProbes(name, id, others),
    ...(lacks !== undefined && { lacks }),
  });
  const of = (one: string | undefined) =>
    endpoints.find((endpoint) => endpoint.id === one && !missing.has(endpoint.id));
  const onHost = record.run(part('host-admission'), () => tryHostAdmission(context, id));
  const asSyncer = record.run(part('syncer'), async () => [
    await knowsSyncer(context.hostApi, id),
    ...(await trySyncer(context, tenant, host.node)),
  ]);
  const fixture = fixtures.tenants.get(id);
  const own = of(id);
  if (fixture === undefined || own === undefined) {
    const why = missing.get(id) ?? 'its probe pod does not run';
    for (const name of PARTS) {
      if (name !== 'host-admission' && name !== 'syncer') record.lose(part(name), why);
    }
    await Promise.all([onHost, asSyncer]);
    return;
  }
  const run = (name: Part, action: Parameters<RunRecord['run']>[1]) =>
    record.run(part(name), action);
  const other = of(others[0]);
  await Promise.all([
    asSyncer,
    onHost.then((results) =>
      run('virtual-admission', () => tryVirtualAdmission(context, fixture, results)),
    ),
    ...inside(context, fixture, own, other, host, run),
  ]);
}

function inside(
  context: VerifyContext,
  fixture: TenantFixture,
  own: TenantEndpoints,
  other: TenantEndpoints | undefined,
  host: Found['host'],
  run: (name: Part, action: Parameters<RunRecord['run']>[1]) => ReturnType<RunRecord['run']>,
): readonly ReturnType<RunRecord['run']>[] {
  return [
    run('secrets', () => trySecrets(context, fixture)),
    run('nodes-proxy', () => tryNodesProxy(fixture)),
    run('services-proxy', () => tryServicesProxy(fixture, own, other)),
    run('pods-proxy', () => tryForgedPodIps(context, fixture, own, other, host)),
    run('manual-endpoints', () => tryManualEndpoints(context, fixture, own, other)),
    run('webhooks', () => tryWebhooks(context, fixture, own, other, host)),
    run('token', () => tryToken(context, fixture)),
  ];
}

/** 0 all as expected; 1 something is open or broken; 3 something could not be run. */
export function exitCode({ open, broken, skipped }: Counts): number {
  if (open + broken > 0) return EXIT.failed;
  return skipped > 0 ? EXIT.some : EXIT.done;
}
