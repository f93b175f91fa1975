import { diagnose, diagnostics } from '@tenantry/plan';
import { messageOf } from '../cli/errors.ts';
import { getObjects, type KubeObject, kubectl, type Target } from '../tools/kubectl.ts';
import { type Look, poll } from './wait.ts';
import type { Shell } from '../cli/shell.ts';

/** How long a cause must stay before a wait is given up: schedulers and syncers try again at first. */
const PATIENCE_MILLISECONDS = 10_000;

export interface RolloutOptions {
  readonly namespace: string;
  /** As kubectl names them: `deployment/web`. */
  readonly workloads: readonly string[];
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
}

/** Waits until workloads are rolled out. @throws WaitError with pods, events and last log lines */
export async function waitForRollout(
  $: Shell,
  target: Target,
  options: RolloutOptions,
): Promise<void> {
  const { namespace, workloads, timeoutSeconds, signal } = options;
  const gracePeriod = createGracePeriod();
  const look = async (): Promise<Look<void>> => {
    const objects = await getObjects($, target, ['-n', namespace, ...workloads]);
    if (objects.length === workloads.length && objects.every(isRolledOut)) {
      return { done: true, result: undefined };
    }
    const seen = [...objects, ...(await getObjects($, target, ['-n', namespace, 'pods,events']))];
    const now = Date.now();
    const terminal = gracePeriod.isOver(diagnose(seen, now).causes);
    const logs = terminal ? await lastLogLines($, target, namespace, seen) : '';
    return { done: false, diagnostics: `${diagnostics(seen, now)}\n${logs}`, terminal };
  };
  await poll(look, {
    what: workloads.join(', '),
    timeoutSeconds,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Counts how long there has been some cause or other without a break. */
export function createGracePeriod(
  now: () => number = () => performance.now(),
  limit = PATIENCE_MILLISECONDS,
) {
  let since: number | null = null;
  return {
    isOver(causes: readonly string[]): boolean {
      if (causes.length === 0) since = null;
      else since ??= now();
      return since !== null && now() - since >= limit;
    },
  };
}

interface Workload extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
  };
}

/** Whether a Deployment, StatefulSet or DaemonSet runs as it was last asked to, and nothing older. */
export function isRolledOut(object: KubeObject): boolean {
  const { kind, metadata, spec, status = {} } = object as Workload;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return false;
  if (kind === 'DaemonSet') {
    const wanted = status.desiredNumberScheduled ?? 0;
    return status.updatedNumberScheduled === wanted && status.numberAvailable === wanted;
  }
  const wanted = spec.replicas ?? 1;
  if ((status.replicas ?? 0) !== wanted || (status.updatedReplicas ?? 0) !== wanted) return false;
  const up = kind === 'StatefulSet' ? status.readyReplicas : status.availableReplicas;
  return (up ?? 0) === wanted;
}

const LOG_LINES = 5;

/** What the containers that do not run said last. */
async function lastLogLines(
  $: Shell,
  target: Target,
  namespace: string,
  objects: readonly KubeObject[],
): Promise<string> {
  const pods = objects.filter(({ kind }) => kind === 'Pod').slice(0, 3);
  const logs = await Promise.all(
    pods.map(async ({ metadata: { name } }) => {
      const args = ['logs', name, '-n', namespace, '--all-containers', `--tail=${LOG_LINES}`];
      const text = await kubectl($, target, args).catch(
        (error: unknown) => `it cannot be read: ${messageOf(error)}`,
      );
      return text.trim() === '' ? '' : `log of ${name}:\n${text.trim()}`;
    }),
  );
  return logs.join('\n').trim();
}
