import {
  diagnostics,
  type Done,
  type KubeObject,
  type ObjectIdentity,
  type ObjectOf,
  type Place,
  somethingDone,
} from '@tenantry/plan';
import type { V1StatefulSet } from '@tenantry/kube-library';
import { deletePods } from '../kube/delete-pods.ts';
import type { KubeClient } from '../kube/client.ts';
import { list, mergePatch, read } from '../kube/requests.ts';
import { type Look, poll } from '../kube/wait.ts';
import { FORCE_AFTER_SECONDS, FORCE_SECONDS, podEnd, podsOf } from '../kube/pod-end.ts';

/** The host ends a control plane that is scaled to zero; what it has not begun by then, we begin. */
const CONTROLLER_SECONDS = 5;
const INTERVAL_MILLISECONDS = 400;

/** What a pause takes at most, in seconds, whatever the tenant's pods say. */
export const PAUSE_TIMEOUT_SECONDS = CONTROLLER_SECONDS + 2 * (FORCE_AFTER_SECONDS + FORCE_SECONDS);

/** The pods that a pause has ended. */
export interface EndedPods {
  /** How many there were beside the control plane's. */
  readonly deleted: number;
  /** Those that did not go by themselves, and were deleted by force. */
  readonly forced: readonly string[];
}

/** What identifies a vcluster's control plane on its host. */
export function statefulSetOf({ namespace, name }: Place): ObjectIdentity {
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { namespace, name } };
}

/** Tells the host how many control planes to run for a vcluster; waits for nothing. */
export async function scale(client: KubeClient, place: Place, replicas: 0 | 1): Promise<void> {
  await mergePatch(client, statefulSetOf(place), { spec: { replicas } }, { subresource: 'scale' });
}

/**
 * Holds a vcluster at zero: ends its control plane, and then every pod of its namespace, whatever
 * their labels; earlier, the syncer would make them again. @throws WaitError after at most
 * `PAUSE_TIMEOUT_SECONDS`
 */
export async function endPods(
  client: KubeClient,
  place: Place,
  signal?: AbortSignal,
): Promise<EndedPods> {
  const { namespace } = place;
  const all = () => list(client, { kind: 'Pod', namespace });
  const ofControlPlane = async (): Promise<readonly KubeObject[]> => {
    const statefulSet: ObjectOf<V1StatefulSet> | null = await read(client, statefulSetOf(place));
    // The syncer may write its own StatefulSet until it is gone.
    const { replicas = 0 } = statefulSet?.spec ?? {};
    if (replicas > 0) await scale(client, place, 0);
    return podsOf(statefulSet ?? undefined, await all());
  };
  const what = { namespace, ...(signal && { signal }) };
  const controlPlane = await end(client, ofControlPlane, {
    ...what,
    what: 'end of the control plane',
    leaveSeconds: CONTROLLER_SECONDS,
  });
  const rest = await end(client, all, { ...what, what: 'end of the pods', leaveSeconds: 0 });
  return { deleted: rest.deleted, forced: [...controlPlane.forced, ...rest.forced] };
}

/** What a pause did, as a line of a report; empty where there was nothing to do. */
export function describeEnded({ deleted, forced }: EndedPods): readonly Done[] {
  const by = `deleted by force, with their finalizers: ${forced.join(', ')}`;
  return [
    ...(deleted > 0 ? [somethingDone(`${deleted} ${deleted === 1 ? 'pod' : 'pods'} deleted`)] : []),
    ...(forced.length > 0 ? [somethingDone(by)] : []),
  ];
}

interface EndOptions {
  readonly namespace: string;
  readonly what: string;
  /** So long the pods are left to whoever else ends them. */
  readonly leaveSeconds: number;
  readonly signal?: AbortSignal;
}

/** Looks until no pod is left, and does meanwhile what there is to be done about them. */
async function end(
  client: KubeClient,
  look: () => Promise<readonly KubeObject[]>,
  { namespace, leaveSeconds, ...options }: EndOptions,
): Promise<EndedPods> {
  const start = performance.now();
  const seen = new Set<string>();
  const forced = new Set<string>();
  const lookAgain = async (): Promise<Look<void>> => {
    const pods = await look();
    if (pods.length === 0) return { done: true, result: undefined };
    const seconds = (performance.now() - start) / 1000 - leaveSeconds;
    for (const { metadata } of pods) seen.add(metadata.name);
    if (seconds >= FORCE_AFTER_SECONDS) for (const { metadata } of pods) forced.add(metadata.name);
    if (seconds >= 0) await deletePods(client, namespace, podEnd(pods, seconds));
    return { done: false, diagnostics: diagnostics(pods, Date.now()) };
  };
  await poll(lookAgain, {
    ...options,
    timeoutSeconds: leaveSeconds + FORCE_AFTER_SECONDS + FORCE_SECONDS,
    intervalMilliseconds: INTERVAL_MILLISECONDS,
  });
  return { deleted: seen.size, forced: [...forced].sort() };
}
