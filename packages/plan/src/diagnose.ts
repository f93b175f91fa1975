import type { CoreV1Event, V1Deployment } from '@kubernetes/client-node';
import type { KubeObject, ObjectOf } from './kube-object.ts';
import type { Pod } from './pod.ts';

/** What stands in the way of a rollout, from what a cluster shows. */
export interface Diagnosis {
  /** A line per thing that is wrong, worst first. */
  readonly causes: readonly string[];
  /** Whether the causes are of a kind that does not pass by itself. */
  readonly terminal: boolean;
}

/** Reasons of a waiting container that stay until a person changes something. */
const STUCK_CONTAINER = new Set([
  'ErrImageNeverPull',
  'InvalidImageName',
  'ErrImagePull',
  'ImagePullBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

/** A container that fails its start may find its feet; one that has failed so often will not. */
const HOPELESS_RESTARTS = 3;

/** An event says something of the present only for so long: it stays an hour after the cause is gone. */
const FRESH_MILLISECONDS = 15_000;

/** Events by which a controller or the syncer says that it may not make a pod. */
const REFUSALS =
  /exceeded quota|violates PodSecurity|is forbidden|denied the request|must specify limits/;

/** Reads pods and events (of one namespace or several) for causes of a rollout that does not end. */
export function diagnose(objects: readonly KubeObject[], now: number): Diagnosis {
  const pods = podsOf(objects);
  // Of one that has been made since, or is gone, a refusal says nothing any more.
  const unmade = new Set(pods.filter(isUnmade).map(({ metadata }) => metadata.name));
  const events = eventsOf(objects).filter(
    (event) => now - Date.parse(timeOf(event)) < FRESH_MILLISECONDS,
  );
  const causes = [
    ...pods.filter(isCurrent).flatMap((pod) => [...containerCauses(pod), ...schedulingCauses(pod)]),
    ...objects.flatMap(replicaCauses),
    ...events
      .filter(({ type, message }) => type === 'Warning' && REFUSALS.test(message ?? ''))
      .filter(
        ({ involvedObject }) =>
          involvedObject.kind !== 'Pod' || unmade.has(involvedObject.name ?? ''),
      )
      .map(
        ({ involvedObject, message }) =>
          `${involvedObject.kind} ${involvedObject.name}: ${message}`,
      ),
  ];
  return { causes: [...new Set(causes)], terminal: causes.length > 0 };
}

/** What a person would look at first: pods with their states, then the newest warnings. */
export function diagnostics(objects: readonly KubeObject[], now: number): string {
  const { causes } = diagnose(objects, now);
  const pods = podsOf(objects);
  const warnings = eventsOf(objects)
    .filter(({ type }) => type === 'Warning')
    .sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1))
    .slice(0, 5);
  return [
    ...causes,
    ...pods.map((pod) => `pod ${pod.metadata.name}: ${describePod(pod)}`),
    ...warnings.map(
      ({ involvedObject, reason, message }) =>
        `event ${involvedObject.kind}/${involvedObject.name} ${reason}: ${message}`,
    ),
  ].join('\n');
}

type Event = ObjectOf<CoreV1Event>;

function podsOf(objects: readonly KubeObject[]): readonly Pod[] {
  return objects.filter((object): object is Pod => object.kind === 'Pod');
}

function eventsOf(objects: readonly KubeObject[]): readonly Event[] {
  return objects.filter((object): object is Event => object.kind === 'Event');
}

function isCurrent({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp === undefined;
}

function isUnmade({ status }: Pod): boolean {
  const { phase = 'Pending', containerStatuses = [] } = status ?? {};
  return phase === 'Pending' && containerStatuses.length === 0;
}

function containerCauses(pod: Pod): readonly string[] {
  const images = new Map(pod.spec?.containers?.map(({ name, image }) => [name, image]));
  const statuses = [
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.containerStatuses ?? []),
  ];
  return statuses.flatMap(({ name, state, restartCount }) => {
    const { reason = '', message } = state?.waiting ?? {};
    const crashes = reason === 'CrashLoopBackOff' && restartCount >= HOPELESS_RESTARTS;
    if (!STUCK_CONTAINER.has(reason) && !crashes) return [];
    const image = images.get(name);
    return [
      [
        `pod ${pod.metadata.name}: container ${name}: ${reason}`,
        image === undefined ? '' : ` (image ${image})`,
        message === undefined ? '' : `: ${message}`,
      ].join(''),
    ];
  });
}

/** A Deployment says of itself that it may not make its pods. */
function replicaCauses(object: KubeObject): readonly string[] {
  const { kind, metadata, status } = object as ObjectOf<V1Deployment>;
  const { conditions = [] } = status ?? {};
  return conditions
    .filter(({ type, status: value }) => type === 'ReplicaFailure' && value === 'True')
    .map(({ message }) => `${kind} ${metadata.name}: ${message}`);
}

function schedulingCauses(pod: Pod): readonly string[] {
  return (pod.status?.conditions ?? [])
    .filter(
      ({ type, status, reason }) =>
        type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
    )
    .map(({ message }) => `pod ${pod.metadata.name}: unschedulable: ${message}`);
}

function describePod({ metadata, status }: Pod): string {
  const containers = (status?.containerStatuses ?? []).map(
    ({ name, ready, restartCount, state }) => {
      const why = state?.waiting?.reason ?? state?.terminated?.reason;
      return `${name} ${ready ? 'ready' : (why ?? 'not ready')}${restartCount > 0 ? `, ${restartCount} restarts` : ''}`;
    },
  );
  const phase =
    metadata.deletionTimestamp === undefined ? (status?.phase ?? 'Unknown') : 'Terminating';
  return [phase, ...containers].join('; ');
}

function timeOf({ lastTimestamp, eventTime, metadata }: Event): string {
  return lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';
}
