import { SERVICE } from '@tenantry/tenants';
import type { Target } from '../tools/kubectl.ts';
import { type Look, poll } from '../kube/wait.ts';
import { forwardPort } from '../tools/port-forward.ts';
import { CommandError, type Shell } from '../cli/shell.ts';
import type { TenantConnection } from '../cluster/tenant-connection.ts';

const TIMEOUT_SECONDS = 60;
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
  $: Shell,
  { target }: TenantConnection,
  name: string,
  signal?: AbortSignal,
): Promise<string> {
  const look = async (): Promise<Look<string>> => {
    const answer = await askOnce($, target);
    return answer === expectedGreeting(name)
      ? { done: true, result: answer }
      : { done: false, evidence: `expected: ${expectedGreeting(name)}\nanswered: ${answer}` };
  };
  return poll(look, {
    what: 'GET /whoami',
    timeoutSeconds: TIMEOUT_SECONDS,
    ...(signal && { signal }),
  });
}

/** A new forward each time: it sticks to one pod, and a rollout may have taken that pod away. */
async function askOnce($: Shell, target: Target): Promise<string> {
  try {
    const service = `svc/${SERVICE.service}`;
    await using forward = await forwardPort($, target, SERVICE.namespace, service, SERVICE.port);
    return await ask(`http://127.0.0.1:${forward.port}/whoami`);
  } catch (error) {
    // After a resume the Service's pod may not run yet.
    if (error instanceof CommandError) return error.message;
    throw error;
  }
}

async function ask(url: string): Promise<string> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MILLISECONDS),
    });
    const text = await response.text();
    return response.ok ? text : `${response.status} ${text}`;
  } catch (error) {
    return String(error);
  }
}
