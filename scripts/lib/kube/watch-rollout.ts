import { diagnose, diagnostics, type KubeObject } from '@tenantry/plan';
import type { KubeClient } from './client.ts';
import { createGracePeriod, isRolledOut, objectsOf } from './rollout.ts';
import { type Look } from './wait.ts';
import { watchUntil } from './watch.ts';

export interface WatchedWorkload {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Waits until a workload is rolled out. @throws WaitError with pods, events and last log lines */
export async function watchRollout(
  client: KubeClient,
  { apiVersion, kind, namespace, name }: WatchedWorkload,
  { timeoutSeconds, signal }: { readonly timeoutSeconds: number; readonly signal?: AbortSignal },
): Promise<void> {
  const gracePeriod = createGracePeriod();
  const look = async (objects: readonly KubeObject[]): Promise<Look<void>> => {
    const workload = objects.find((each) => each.kind === kind && each.metadata.name === name);
    if (workload !== undefined && isRolledOut(workload)) return { done: true, result: undefined };
    const seen = workload === undefined ? [] : objectsOf(workload, objects);
    const now = Date.now();
    const terminal = gracePeriod.isOver(diagnose(seen, now).causes);
    const logs = terminal ? await lastLogLines(client, namespace, seen) : '';
    return { done: false, diagnostics: `${diagnostics(seen, now)}\n${logs}`, terminal };
  };
  await watchUntil(
    client,
    [
      { apiVersion, kind, namespace },
      { kind: 'Pod', namespace },
      { kind: 'Event', namespace },
    ],
    look,
    { what: `${kind.toLowerCase()}/${name}`, timeoutSeconds, signal },
  );
}

const LOG_LINES = 5;
const PODS = 3;

/** What the containers that do not run said last. */
async function lastLogLines(
  client: KubeClient,
  namespace: string,
  objects: readonly KubeObject[],
): Promise<string> {
  const pods = objects.filter(({ kind }) => kind === 'Pod').slice(0, PODS);
  const logs = await Promise.all(
    pods.map(async ({ metadata: { name } }) => {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/log`;
      const query = { tailLines: String(LOG_LINES) };
      // Evidence only: a pod that is gone has none.
      const text = await client.text({ path, query }).catch(() => '');
      return text.trim() === '' ? '' : `log of ${name}:\n${text.trim()}`;
    }),
  );
  return logs.join('\n').trim();
}
