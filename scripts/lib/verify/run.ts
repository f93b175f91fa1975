import pLimit from 'p-limit';
import {
  type Counts,
  evaluate,
  type HostEndpoints,
  type Kind,
  networkProbes,
  type Pair,
  probeOf,
  type ProbeResult,
  type ProbeResults,
  resultOf,
  type Row,
  type TenantEndpoints,
} from '@tenantry/isolation';
import { EXIT } from '../cli/run-main.ts';
import { messageOf } from '../cli/errors.ts';
import type { Report } from '../cli/report.ts';
import { CONCURRENCY } from '../deploy/each-tenant.ts';
import type { TenantDist } from '../dist/read.ts';
import { tryForgedPodIps, tryNodesProxy, tryServicesProxy } from './apiserver-proxy.ts';
import { sendPackets } from './connectivity.ts';
import { trySecrets, tryToken } from './credentials.ts';
import { findHostEndpoints, findTenantEndpoints } from './find-endpoints.ts';
import { tryHostAdmission } from './host-admission.ts';
import { tryManualEndpoints } from './manual-endpoints.ts';
import { lookAtNamespace } from './namespace-contents.ts';
import type { TenantFixture, VerifyContext } from './probe-pod.ts';
import { type Fixtures, openFixtures } from './probe-pods.ts';
import { lookAtAccounts } from './rbac.ts';
import { tryVirtualAdmission } from './virtual-admission.ts';
import { tryWebhooks } from './webhooks.ts';

export interface Plan {
  /** Everyone that tries or is tried. */
  readonly tenants: readonly TenantDist[];
  /** Those that are tried in full; of the others only packets. */
  readonly subjects: readonly string[];
  readonly pairs: readonly Pair[];
}

/** Tries everything and evaluates it. What stops one part is a row of that part; the rest goes on. */
export async function runVerify(
  context: VerifyContext,
  { tenants, subjects, pairs }: Plan,
  report: Report,
): Promise<readonly Row[]> {
  const limit = pLimit(CONCURRENCY);
  const active = tenants.filter(({ state }) => state === 'active');
  const all: ProbeResult[] = [];
  const attempt: RunPart = async (kind, id, what, action) => {
    all.push(...(await orSkipped(kind, id, what, action)));
  };
  const othersOf = (id: string) => pairs.filter(({ from }) => from === id).map(({ to }) => to);

  const hostSide = tenants
    .filter(({ id }) => subjects.includes(id))
    .map((tenant) =>
      limit(async () => {
        const { id } = tenant;
        await attempt('host', id, 'namespace', () => lookAtNamespace(context, tenant));
        await attempt('host', id, 'accounts', () =>
          lookAtAccounts(context, id, othersOf(id).slice(0, 1)),
        );
      }),
    );
  const fixtures = await report.step('probe pods', () =>
    openFixtures(context, active, pairs, report),
  );
  try {
    for (const [id, error] of fixtures.failures)
      await attempt('network', id, 'probe pod', () => Promise.reject(error));
    const { endpoints, host } = await findEndpoints(context, fixtures, attempt);
    await report.step('packets and attacks', async () => {
      if (host === null) return;
      const packets = networkProbes([...endpoints.values()], pairs, host);
      await Promise.all([
        attempt('network', '-', 'packets', () => sendPackets(context, fixtures, packets)),
        ...subjects.flatMap((id) => {
          const fixture = fixtures.tenants.get(id);
          const own = endpoints.get(id);
          const other = endpoints.get(othersOf(id)[0] ?? '');
          return fixture === undefined || own === undefined
            ? []
            : [limit(() => tryHostile(context, fixture, { own, other, host }, attempt))];
        }),
      ]);
    });
    await Promise.all(hostSide);
  } finally {
    await report.step('clean-up', async () => fixtures[Symbol.asyncDispose]());
  }
  context.signal.throwIfAborted();
  return evaluate(
    all.map(({ probe }) => probe),
    all.map(({ outcome }) => outcome),
  );
}

type RunPart = (
  kind: Kind,
  tenant: string,
  what: string,
  action: () => Promise<ProbeResults>,
) => Promise<void>;

/** What an action tried; one that fails is a row that was skipped. */
async function orSkipped(
  kind: Kind,
  tenant: string,
  what: string,
  action: () => Promise<ProbeResults>,
): Promise<ProbeResults> {
  try {
    return await action();
  } catch (error) {
    const probe = probeOf(kind, tenant, { name: what, attempt: what, expected: 'allowed' });
    return [resultOf(probe, null, messageOf(error))];
  }
}

async function findEndpoints({ hostApi }: VerifyContext, fixtures: Fixtures, attempt: RunPart) {
  const endpoints = new Map<string, TenantEndpoints>();
  let host: HostEndpoints | null = null;
  const [first] = fixtures.tenants.values();
  if (first !== undefined) {
    await attempt('network', '-', 'addresses of the host', async () => {
      host = await findHostEndpoints(hostApi, first.hostPod);
      return [];
    });
  }
  await Promise.all(
    [...fixtures.tenants.keys()].map((id) =>
      attempt('network', id, 'addresses', async () => {
        endpoints.set(id, await findTenantEndpoints(hostApi, id));
        return [];
      }),
    ),
  );
  return { endpoints, host: host as HostEndpoints | null };
}

interface Scene {
  readonly own: TenantEndpoints;
  /** One other tenant; the packets go to more. */
  readonly other: TenantEndpoints | undefined;
  readonly host: HostEndpoints;
}

/** Everything that one tenant tries beyond packets to others. */
async function tryHostile(
  context: VerifyContext,
  fixture: TenantFixture,
  { own, other, host }: Scene,
  attempt: RunPart,
): Promise<void> {
  const { id } = fixture.tenant;
  await Promise.all([
    attempt('hostile', id, 'host layer', async () => {
      const onHost = await tryHostAdmission(context, fixture);
      await attempt('hostile', id, 'inside', () => tryVirtualAdmission(context, fixture, onHost));
      return onHost;
    }),
    attempt('hostile', id, 'secrets', () => trySecrets(context, fixture)),
    attempt('hostile', id, 'nodes/proxy', () => tryNodesProxy(fixture)),
    attempt('hostile', id, 'services/proxy', () => tryServicesProxy(fixture, other)),
    attempt('hostile', id, 'pods/proxy', () => tryForgedPodIps(fixture, own, other, host)),
    attempt('hostile', id, 'manual', () => tryManualEndpoints(context, fixture, own, other)),
    attempt('hostile', id, 'webhooks', () => tryWebhooks(context, fixture, own, other, host)),
    attempt('host', id, 'token', () => tryToken(context, fixture)),
  ]);
}

/** 0 all as expected; 1 something is open or broken; 3 something could not be run. */
export function exitCode({ open, broken, skipped }: Counts): number {
  if (open + broken > 0) return EXIT.failed;
  return skipped > 0 ? EXIT.some : EXIT.done;
}
