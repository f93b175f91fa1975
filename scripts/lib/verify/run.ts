import pLimit from 'p-limit';
import type { TenantDist } from '../dist/read.ts';
import { CONCURRENCY } from '../deploy/each-tenant.ts';
import { messageOf } from '../cli/errors.ts';
import type { Report } from '../cli/report.ts';
import { lookAtAccounts } from './rbac.ts';
import { findHostPlaces, findTenantPlaces } from './find-endpoints.ts';
import { tryHandMade } from './manual-endpoints.ts';
import { tryOnHost } from './host-admission.ts';
import { tryInside } from './virtual-admission.ts';
import { judge } from './verdict.ts';
import { networkProbes } from './connectivity-matrix.ts';
import { lookAtNamespace } from './namespace-contents.ts';
import { tryNodesProxy } from './nodes-proxy.ts';
import { sendPackets } from './packets.ts';
import type { Pair } from './pairs.ts';
import type { HostPlaces, TenantPlaces } from './endpoints.ts';
import type { Kind, Row } from './probe.ts';
import { tryPuppets } from './apiserver-proxy.ts';
import { trySecrets } from './secrets.ts';
import { tryServicesProxy } from './services-proxy.ts';
import type { Surroundings, TenantStage } from './probe-pod.ts';
import { openStages, type Stages } from './probe-pods.ts';
import { tryToken } from './credentials.ts';
import { probeOf, type Tried, tried, type Try } from './probe-result.ts';
import { tryWebhooks } from './webhooks.ts';

export interface Plan {
  /** Everyone that tries or is tried. */
  readonly tenants: readonly TenantDist[];
  /** Those that are tried in full; of the others only packets. */
  readonly subjects: readonly string[];
  readonly pairs: readonly Pair[];
}

/** Tries everything and judges it. What stops one part is a row of that part; the rest goes on. */
export async function runVerify(
  surroundings: Surroundings,
  { tenants, subjects, pairs }: Plan,
  report: Report,
): Promise<readonly Row[]> {
  const limit = pLimit(CONCURRENCY);
  const active = tenants.filter(({ state }) => state === 'active');
  const all: Try[] = [];
  const attempt: Attempt = async (kind, id, what, action) => {
    all.push(...(await orSkipped(kind, id, what, action)));
  };
  const othersOf = (id: string) => pairs.filter(({ from }) => from === id).map(({ to }) => to);

  const hostSide = tenants
    .filter(({ id }) => subjects.includes(id))
    .map((tenant) =>
      limit(async () => {
        const { id } = tenant;
        await attempt('host', id, 'namespace', () => lookAtNamespace(surroundings, tenant));
        await attempt('host', id, 'accounts', () =>
          lookAtAccounts(surroundings, id, othersOf(id).slice(0, 1)),
        );
      }),
    );
  const stages = await report.step('probe pods', () =>
    openStages(surroundings, active, pairs, report),
  );
  try {
    for (const [id, error] of stages.failures)
      await attempt('network', id, 'probe pod', () => Promise.reject(error));
    const { places, host } = await findPlaces(surroundings, stages, attempt);
    await report.step('packets and attempts', async () => {
      if (host === null) return;
      const packets = networkProbes([...places.values()], pairs, host);
      await Promise.all([
        attempt('network', '-', 'packets', () => sendPackets(surroundings, stages, packets)),
        ...subjects.flatMap((id) => {
          const stage = stages.tenants.get(id);
          const own = places.get(id);
          const other = places.get(othersOf(id)[0] ?? '');
          return stage === undefined || own === undefined
            ? []
            : [limit(() => tryHostile(surroundings, stage, { own, other, host }, attempt))];
        }),
      ]);
    });
    await Promise.all(hostSide);
  } finally {
    await report.step('clean-up', async () => stages[Symbol.asyncDispose]());
  }
  surroundings.signal.throwIfAborted();
  return judge(
    all.map(({ probe }) => probe),
    all.map(({ outcome }) => outcome),
  );
}

type Attempt = (
  kind: Kind,
  tenant: string,
  what: string,
  action: () => Promise<Tried>,
) => Promise<void>;

/** What an action tried; one that fails is a row that was skipped. */
async function orSkipped(
  kind: Kind,
  tenant: string,
  what: string,
  action: () => Promise<Tried>,
): Promise<Tried> {
  try {
    return await action();
  } catch (error) {
    const probe = probeOf(kind, tenant, { name: what, attempt: what, expected: 'allowed' });
    return [tried(probe, null, messageOf(error))];
  }
}

async function findPlaces({ hostApi }: Surroundings, stages: Stages, attempt: Attempt) {
  const places = new Map<string, TenantPlaces>();
  let host: HostPlaces | null = null;
  const [first] = stages.tenants.values();
  if (first !== undefined) {
    await attempt('network', '-', 'addresses of the host', async () => {
      host = await findHostPlaces(hostApi, first.hostPod);
      return [];
    });
  }
  await Promise.all(
    [...stages.tenants.keys()].map((id) =>
      attempt('network', id, 'addresses', async () => {
        places.set(id, await findTenantPlaces(hostApi, id));
        return [];
      }),
    ),
  );
  return { places, host: host as HostPlaces | null };
}

interface Scene {
  readonly own: TenantPlaces;
  /** One other tenant; the packets go to more. */
  readonly other: TenantPlaces | undefined;
  readonly host: HostPlaces;
}

/** Everything that one tenant tries beyond packets to others. */
async function tryHostile(
  surroundings: Surroundings,
  stage: TenantStage,
  { own, other, host }: Scene,
  attempt: Attempt,
): Promise<void> {
  const { id } = stage.tenant;
  await Promise.all([
    attempt('hostile', id, 'host layer', async () => {
      const onHost = await tryOnHost(surroundings, stage);
      await attempt('hostile', id, 'inside', () => tryInside(surroundings, stage, onHost));
      return onHost;
    }),
    attempt('hostile', id, 'secrets', () => trySecrets(surroundings, stage)),
    attempt('hostile', id, 'nodes/proxy', () => tryNodesProxy(stage)),
    attempt('hostile', id, 'services/proxy', () => tryServicesProxy(stage, other)),
    attempt('hostile', id, 'pods/proxy', () => tryPuppets(stage, own, other, host)),
    attempt('hostile', id, 'hand-made', () => tryHandMade(surroundings, stage, own, other)),
    attempt('hostile', id, 'webhooks', () => tryWebhooks(surroundings, stage, own, other, host)),
    attempt('host', id, 'token', () => tryToken(surroundings, stage)),
  ]);
}
