import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../tools/kubectl.ts';
import type { Attempt } from './attack.ts';
import { list, type NewObject } from '../kube/objects.ts';
import type { Probe } from './probe.ts';
import { shorten } from './api-outcome.ts';
import { counterparts, virtualName } from './synced-objects.ts';
import type { Surroundings, TenantStage } from './probe-pod.ts';
import { STAGE } from './fixtures.ts';
import { type Tried, tried, type Try } from './probe-result.ts';

/** An object that a tenant has made for real, to see whether the host takes it. */
export interface Made {
  readonly probe: Probe;
  readonly object: NewObject;
  readonly hasEffect?: Attempt['hasEffect'];
}

interface Event extends KubeObject {
  readonly message?: string;
  readonly reason?: string;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

/** The kinds that are tried for real, and what the host's API calls them. */
const SYNCED = {
  Pod: 'pods',
  Service: 'services',
  PersistentVolumeClaim: 'persistentvolumeclaims',
};

const TIMEOUT_MILLISECONDS = 15_000;
const LOOK_MILLISECONDS = 500;

/** Waits until each object is on the host, or the syncer has said why it is not. */
export async function fates(
  { hostApi, signal }: Surroundings,
  { api, tenant }: TenantStage,
  made: readonly Made[],
): Promise<Tried> {
  const end = performance.now() + TIMEOUT_MILLISECONDS;
  for (;;) {
    const [events, ...onHost] = await Promise.all([
      list(api, `/api/v1/namespaces/${STAGE}/events`),
      ...Object.entries(SYNCED).map(async ([kind, resource]) =>
        (await counterparts(hostApi, tenant.id, resource)).map(
          (object) => [`${kind}/${virtualName(object)}`, object] as const,
        ),
      ),
    ]);
    const there = new Map(onHost.flat());
    const found = made.map((one) => fateOf(one, there, events as readonly Event[]));
    const late = performance.now() >= end;
    if (late || found.every(({ outcome }) => outcome.seen !== null)) return found;
    await sleep(LOOK_MILLISECONDS, undefined, { signal });
  }
}

/** `there` holds everything on the host, by what it is in the tenant's cluster: `Pod/name`. */
export function fateOf(
  { probe, object: { kind, metadata }, hasEffect = () => true }: Made,
  there: ReadonlyMap<string, KubeObject>,
  events: readonly Event[],
): Try {
  const onHost = there.get(`${kind}/${metadata.name}`);
  if (onHost !== undefined) {
    return hasEffect(onHost)
      ? tried(probe, 'allowed', 'on the host')
      : tried(probe, 'refused', 'on the host without it');
  }
  const event = events.find(
    ({ involvedObject, reason }) =>
      reason === 'SyncError' &&
      involvedObject.kind === kind &&
      involvedObject.name === metadata.name,
  );
  return event === undefined
    ? tried(probe, null, 'neither on the host nor refused in time')
    : tried(probe, 'refused', shorten(event.message ?? ''));
}
