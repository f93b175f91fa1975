import {
  type Dial,
  type DialResult,
  METADATA,
  type NetworkProbe,
  type Outcome,
  probeOf,
  type ProbeResults,
  type TenantEndpoints,
  resultOf,
  waysOut,
} from '@tenantry/isolation';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '@tenantry/plan';
import type { Api } from '../kube/api-client.ts';
import { UNKNOWN } from './find-endpoints.ts';
import { list } from '../kube/objects.ts';
import { dialFrom } from './dial.ts';
import type { VerifyContext } from './probe-pod.ts';
import type { Fixtures } from './probe-pods.ts';

/** Dials from one pod; rejects where the pod cannot be told to. */
export type Dialer = (dials: readonly Dial[]) => Promise<readonly DialResult[]>;

/** The network's rules reach a new pod with a delay; what is not as expected is tried again. */
const ROUNDS = 5;
const PAUSE_MILLISECONDS = 1500;

/** Sends the packets of one pod. What stays unexpected after some rounds is the outcome. */
export async function dialProbes(
  probes: readonly NetworkProbe[],
  dialer: Dialer,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  let left = probes;
  for (let round = 1; round <= ROUNDS && left.length > 0; round += 1) {
    if (round > 1) await sleep(PAUSE_MILLISECONDS, undefined, { signal });
    let answers: readonly DialResult[];
    try {
      answers = await dialer(left.map(({ dial }) => dial));
    } catch (error) {
      for (const { id } of left) outcomes.set(id, { id, seen: null, detail: String(error) });
      continue;
    }
    const byId = new Map(answers.map((answer) => [answer.id, answer]));
    for (const probe of left) {
      const outcome = outcomeOf(probe, byId.get(probe.id), round);
      outcomes.set(probe.id, outcome);
    }
    left = left.filter(({ id, expected }) => outcomes.get(id)?.seen !== expected);
  }
  return [...outcomes.values()];
}

export function outcomeOf(
  { id, leadsTo }: Pick<NetworkProbe, 'id' | 'leadsTo'>,
  answer: DialResult | undefined,
  round: number,
): Outcome {
  if (answer === undefined) return { id, seen: null, detail: 'the pod did not answer' };
  const { connected, address, code } = answer;
  const late = round > 1 ? ` (round ${round})` : '';
  if (leadsTo !== null && connected && address !== leadsTo) {
    return { id, seen: 'refused', detail: `leads to ${address}, not ${leadsTo}${late}` };
  }
  const detail = connected ? `connected${code === '' ? '' : `, ${code}`}` : code;
  return { id, seen: connected ? 'allowed' : 'refused', detail: `${detail}${late}` };
}

/**
 * Adds what the rules say to a refused connection to an address where nothing answers that could
 * prove a refusal. `pod` is the one on the host that tried; `port` null means any.
 */
export async function checkPolicy(
  hostApi: Api,
  pod: KubeObject,
  outcome: Outcome,
  address: Parameters<typeof waysOut>[2],
): Promise<Outcome> {
  if (outcome.seen !== 'refused') return outcome;
  const namespace = pod.metadata.namespace ?? '';
  const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
  const ways = waysOut(await list(hostApi, path), pod, address);
  return ways.length === 0
    ? { ...outcome, detail: `${outcome.detail}; no policy admits it` }
    : { ...outcome, seen: 'allowed', detail: `admitted: ${ways.join(', ')}` };
}

/** No port of the cloud's metadata may be open. */
export const ANY_METADATA = { host: METADATA.host, port: null };

/** What each tenant's pod has of IPv6: what is not there cannot be reached. */
export function addressResults(
  endpoints: readonly TenantEndpoints[],
  missing: ReadonlyMap<string, string>,
): ProbeResults {
  return endpoints.map(({ id, probePod: { linkLocal, global, neighbours } }) => {
    const probe = probeOf('network', id, {
      name: 'addresses',
      attempt: 'IPv6 addresses of its pod',
      expected: 'allowed',
    });
    const why = missing.get(id);
    if (why !== undefined) return resultOf(probe, null, why);
    const found = [...linkLocal, ...global];
    return resultOf(
      probe,
      'allowed',
      found.length === 0
        ? 'none: its pod has no IPv6, so no packet goes that way'
        : `${found.join(', ')}; ${neighbours.length} neighbours`,
    );
  });
}

/** Sends all packets of a run, from every pod at once; `missing` says whose addresses are unknown. */
export async function sendPackets(
  context: VerifyContext,
  fixtures: Fixtures,
  probes: readonly NetworkProbe[],
  missing: ReadonlyMap<string, string>,
): Promise<ProbeResults> {
  const { host, hostApi, signal } = context;
  const known = probes.filter(({ dial }) => dial.host !== UNKNOWN);
  const outcomes = await Promise.all(
    [null, ...fixtures.tenants.keys()].map(async (id) => {
      const fixture = id === null ? fixtures.reference : fixtures.tenants.get(id);
      if (fixture === null || fixture === undefined) return [];
      return dialProbes(
        known.filter(({ from }) => from === id),
        (dials) => dialFrom(host.$, host.target, fixture.pod, dials),
        signal,
      );
    }),
  );
  const byId = new Map(outcomes.flat().map((outcome) => [outcome.id, outcome]));
  return Promise.all(
    probes.map(async (probe) => {
      const outcome = byId.get(probe.id);
      if (outcome === undefined) return resultOf(probe, null, whyNot(probe, missing));
      const fixture = fixtures.tenants.get(probe.from ?? '');
      const byPolicy = probe.expected === 'refused' && probe.controls.length === 0;
      return byPolicy && fixture !== undefined
        ? { probe, outcome: await checkPolicy(hostApi, fixture.hostPod, outcome, toCheck(probe)) }
        : { probe, outcome };
    }),
  );
}

function toCheck({ dial: { host, port } }: NetworkProbe) {
  return host === METADATA.host ? ANY_METADATA : { host, port };
}

function whyNot({ id, from }: NetworkProbe, missing: ReadonlyMap<string, string>): string {
  const to = id.split('@')[1] ?? from ?? '-';
  return missing.get(from ?? '-') ?? missing.get(to) ?? missing.get('-') ?? 'was not run';
}
