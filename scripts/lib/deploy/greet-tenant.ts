import type { V1Service } from '@tenantry/kube-library';
import { isReady, type ObjectOf } from '@tenantry/plan';
import { SERVICE } from '@tenantry/tenants';
import { messageOf } from '../cli/errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { forwardToPod } from '../kube/connect.ts';
import { list, read } from '../kube/requests.ts';
import { type Look, poll } from '../kube/wait.ts';

const TIMEOUT_SECONDS = 60;
const INTERVAL_MILLISECONDS = 300;
const REQUEST_TIMEOUT_MILLISECONDS = 5000;

/** What the service of a tenant must answer. */
export function expectedGreeting(name: string): string {
  return `Hello there TenantID ✋ ${name}`;
}

/**
 * Calls /whoami through a tenant's own cluster and returns the greeting.
 * @throws WaitError with the last answer where it is never the expected one
 */
export async function greetTenant(
  client: KubeClient,
  name: string,
  signal?: AbortSignal,
): Promise<string> {
  const look = async (): Promise<Look<string>> => {
    const answer = await askOnce(client);
    return answer === expectedGreeting(name)
      ? { done: true, result: answer }
      : { done: false, diagnostics: `expected: ${expectedGreeting(name)}\nanswered: ${answer}` };
  };
  return poll(look, {
    what: 'GET /whoami',
    timeoutSeconds: TIMEOUT_SECONDS,
    intervalMilliseconds: INTERVAL_MILLISECONDS,
    ...(signal && { signal }),
  });
}

/** A new forward each time: it sticks to one pod, and a rollout may have taken that pod away. */
async function askOnce(client: KubeClient): Promise<string> {
  try {
    const pod = await servingPod(client);
    if (pod === null) return `no pod of Service ${SERVICE.service} is ready`;
    const where = { namespace: SERVICE.namespace, name: pod };
    await using forward = await forwardToPod(client, where, SERVICE.port);
    const answer = await ask(`http://127.0.0.1:${forward.port}/whoami`);
    return answer.startsWith('Error') && forward.problem() !== '' ? forward.problem() : answer;
  } catch (error) {
    // After a resume the tenant's API server may not answer yet.
    return messageOf(error);
  }
}

/** A ready pod behind the Service, as `kubectl port-forward` picks one. */
async function servingPod(client: KubeClient): Promise<string | null> {
  const { namespace, service: name } = SERVICE;
  const service: ObjectOf<V1Service> | null = await read(client, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
  });
  const { selector = {} } = service?.spec ?? {};
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  if (labels.length === 0) return null;
  const pods = await list(client, { kind: 'Pod', namespace, selector: labels.join(',') });
  const serving = pods.find((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
  return serving?.metadata.name ?? null;
}

async function ask(url: string): Promise<string> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MILLISECONDS),
    });
    const text = await response.text();
    return response.ok ? text : `${response.status} ${text}`;
  } catch (error) {
    return `Error: ${String(error)}`;
  }
}
