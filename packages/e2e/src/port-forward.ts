import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { reachHost, toolPath } from './tenantry.ts';

/** Forwards a local port to a Service on the host while `action` runs. */
export async function withPortForward<T>(
  namespace: string,
  service: string,
  ports: `${number}:${number}`,
  action: () => Promise<T>,
): Promise<T> {
  const args = [...reachHost(), '-n', namespace, 'port-forward', `svc/${service}`, ports];
  const forward = execa('kubectl', args, { env: { PATH: toolPath() }, reject: false });
  try {
    await once(forward.stdout, 'data');
    return await action();
  } finally {
    forward.kill();
    await forward;
  }
}

/** GETs a URL as curl does, trying again for a moment while nobody listens yet. */
export async function get(url: string): Promise<{ status: number; type: string; body: string }> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      return {
        status: response.status,
        type: response.headers.get('content-type') ?? '',
        body: await response.text(),
      };
    } catch (error) {
      if (attempt === 10) throw error;
      await sleep(300);
    }
  }
}
