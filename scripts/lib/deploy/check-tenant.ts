import type { KubeObject } from '@tenantry/plan';
import { type Check, workload } from '@tenantry/workload';
import { messageOf } from '../cli/errors.ts';
import type { TenantDist } from '../dist/read.ts';
import type { KubeClient } from '../kube/client.ts';
import { forwardToPod } from '../kube/connect.ts';
import { list, read } from '../kube/requests.ts';
import { type Look, poll } from '../kube/wait.ts';
import { type Answer, connectTo, get } from './ask-port.ts';
import { waitForWorkloads } from './wait-tenant.ts';

const TIMEOUT_SECONDS = 60;
const INTERVAL_MILLISECONDS = 300;

/**
 * Says what a tenant's service answers, asked through the tenant's own cluster.
 * @throws WaitError with the last answer where it is never the expected one
 */
export async function checkTenant(
  client: KubeClient,
  tenant: Pick<TenantDist, 'id' | 'name' | 'settings' | 'virtualObjects'>,
  signal: AbortSignal,
  check: Check = workload.check,
): Promise<string> {
  if (check.kind === 'none') {
    await waitForWorkloads({ signal }, client, tenant.virtualObjects);
    return 'rolled out';
  }
  if (check.kind === 'tcp') {
    return ask(client, `port ${workload.service.targetPort}`, null, connectTo, signal);
  }
  const { path } = check;
  const expected = check.answer?.(tenant) ?? null;
  return ask(client, `GET ${path}`, expected, (port) => get(port, path), signal);
}

/** Asks until what is expected is answered; null for any answer. */
async function ask(
  client: KubeClient,
  what: string,
  expected: string | null,
  askPort: (port: number) => Promise<Answer>,
  signal: AbortSignal,
): Promise<string> {
  const look = async (): Promise<Look<string>> => {
    const { ok, text } = await askOnce(client, askPort);
    if (ok && (expected === null || text === expected)) {
      return { done: true, result: expected ?? `${what} answers` };
    }
    return {
      done: false,
      diagnostics: `${expected === null ? '' : `expected: ${expected}\n`}answered: ${text}`,
    };
  };
  return poll(look, {
    what,
    timeoutSeconds: TIMEOUT_SECONDS,
    intervalMilliseconds: INTERVAL_MILLISECONDS,
    signal,
  });
}

/** A new forward each time: it sticks to one pod, and a rollout may have taken that pod away. */
async function askOnce(
  client: KubeClient,
  askPort: (port: number) => Promise<Answer>,
): Promise<Answer> {
  const { name, namespace, targetPort } = workload.service;
  try {
    const pod = await servingPod(client);
    if (pod === null) return { ok: false, text: `no pod of Service ${name} is ready` };
    await using forward = await forwardToPod(client, { namespace, name: pod }, targetPort);
    const answer = await askPort(forward.port);
    return answer.ok || forward.problem() === '' ? answer : { ok: false, text: forward.problem() };
  } catch (error) {
    // After a resume the tenant's API server may not answer yet.
    return { ok: false, text: messageOf(error) };
  }
}

/** A ready pod behind the Service, as `kubectl port-forward` picks one. */
async function servingPod(client: KubeClient): Promise<string | null> {
  const { namespace, name } = workload.service;
  const service = await read(client, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
  });
  const { selector = {} } = (service?.['spec'] ?? {}) as { selector?: Record<string, string> };
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  if (labels.length === 0) return null;
  const pods = await list(client, { kind: 'Pod', namespace, selector: labels.join(',') });
  return pods.find(isReady)?.metadata.name ?? null;
}

function isReady({ status, metadata }: KubeObject): boolean {
  const { conditions = [] } = (status ?? {}) as {
    conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  return (
    metadata.deletionTimestamp === undefined &&
    conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True')
  );
}
