import {
  type Attack,
  FIXTURE,
  type Probe,
  type ProbeResult,
  type ProbeResults,
  resultOf,
  shorten,
} from '@tenantry/isolation';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject, ObjectOf } from '@tenantry/plan';
import type { CoreV1Event } from '@tenantry/kube-library';
import { list } from '../kube/objects.ts';
import type { TenantFixture, VerifyContext } from './probe-pod.ts';
import { syncedObjects, virtualName } from './synced-objects.ts';

/** An object that a tenant has made for real, to see whether the host takes it. */
export interface Made {
  readonly probe: Probe;
  readonly object: KubeObject;
  readonly hasEffect?: Attack['hasEffect'];
}

type Event = ObjectOf<CoreV1Event>;

/** The kinds that are tried for real, and what the host's API calls them. */
const SYNCED = {
  Pod: 'pods',
  Service: 'services',
  PersistentVolumeClaim: 'persistentvolumeclaims',
};

const TIMEOUT_MILLISECONDS = 15_000;
const LOOK_MILLISECONDS = 500;

/** Waits until each object is on the host, or the syncer has said why it is not. */
export async function syncResults(
  { hostApi, signal }: VerifyContext,
  { api, tenant }: TenantFixture,
  made: readonly Made[],
): Promise<ProbeResults> {
  const end = performance.now() + TIMEOUT_MILLISECONDS;
  for (;;) {
    const [events, ...onHost] = await Promise.all([
      list(api, `/api/v1/namespaces/${FIXTURE}/events`),
      ...Object.entries(SYNCED).map(async ([kind, resource]) =>
        (await syncedObjects(hostApi, tenant.id, resource)).map(
          (object) => [`${kind}/${virtualName(object)}`, object] as const,
        ),
      ),
    ]);
    const there = new Map(onHost.flat());
    const found = made.map((one) => syncResultOf(one, there, events as readonly Event[]));
    const late = performance.now() >= end;
    if (late || found.every(({ outcome }) => outcome.seen !== null)) return found;
    await sleep(LOOK_MILLISECONDS, undefined, { signal });
  }
}

/** `there` holds everything on the host, by what it is in the tenant's cluster: `Pod/name`. */
export function syncResultOf(
  { probe, object: { kind, metadata }, hasEffect = () => true }: Made,
  there: ReadonlyMap<string, KubeObject>,
  events: readonly Event[],
): ProbeResult {
  const onHost = there.get(`${kind}/${metadata.name}`);
  if (onHost !== undefined) {
    return hasEffect(onHost)
      ? resultOf(probe, 'allowed', 'on the host')
      : resultOf(probe, 'refused', 'on the host without it');
  }
  const event = events.find(
    ({ involvedObject, reason }) =>
      reason === 'SyncError' &&
      involvedObject.kind === kind &&
      involvedObject.name === metadata.name,
  );
  return event === undefined
    ? resultOf(probe, null, 'neither on the host nor refused in time')
    : resultOf(probe, 'refused', shorten(event.message ?? ''));
}
