import { diagnostics, type Place, type Pod } from '@tenantry/plan';
import type { KubeClient } from '../kube/client.ts';
import { list } from '../kube/requests.ts';
import { poll } from '../kube/wait.ts';

export interface WaitPodOptions {
  /** What it is to come to: `Running`. */
  readonly state: string;
  readonly hasCome: (pod: Pod) => boolean;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Waits until a pod has come to a state.
 * @throws WaitError with events and its last log lines, at once where it has failed
 */
export async function waitForPod(
  client: KubeClient,
  { namespace, name }: Place,
  { state, hasCome, timeoutSeconds, signal }: WaitPodOptions,
): Promise<void> {
  await poll(
    async () => {
      const lists = ['Pod', 'Event'].map((kind) => list(client, { kind, namespace }));
      const seen = (await Promise.all(lists)).flat();
      const pod: Pod | undefined = seen.find(
        ({ kind, metadata }) => kind === 'Pod' && metadata.name === name,
      );
      if (pod !== undefined && hasCome(pod)) return { done: true, result: undefined };
      const terminal = pod?.status?.phase === 'Failed';
      const logs = terminal ? await logsOf(client, namespace, name) : '';
      return { done: false, diagnostics: `${diagnostics(seen, Date.now())}\n${logs}`, terminal };
    },
    { what: `pod ${name} ${state}`, timeoutSeconds, intervalMilliseconds: 500, signal },
  );
}

/** Evidence only. */
async function logsOf(client: KubeClient, namespace: string, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/log`;
  return client.text({ path, query: { tailLines: '10' } }).catch(String);
}
