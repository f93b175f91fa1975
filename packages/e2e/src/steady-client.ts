import { setTimeout as sleep } from 'node:timers/promises';
import { workload } from '@tenantry/workload';
import { execa } from 'execa';
import { reachHost, toolPath } from './tenantry.ts';
import { CHECK_PATH, syncedService } from './workload.ts';

/** What became of the requests of a client that never stopped asking. */
export interface RequestStats {
  readonly requests: number;
  /** A line per request that had no good answer. */
  readonly failures: readonly string[];
}

export interface SteadyClient {
  /** Ends the client; what it has seen. */
  stop(): Promise<RequestStats>;
}

const PAUSE_MILLISECONDS = 50;
const REQUEST_TIMEOUT_MILLISECONDS = 10_000;

/**
 * Calls a tenant's service one request after the other, through one port-forward to its synced
 * Service that is held open all the time and not replaced when it breaks. `reach` are the flags by
 * which kubectl reaches its host.
 */
export async function steadyClient(
  id: string,
  expected: string,
  reach: readonly string[] = reachHost(),
): Promise<SteadyClient> {
  const service = `svc/${syncedService(id)}`;
  const where = [...reach, '-n', `vcluster-tenant-${id}`];
  const args = [
    ...where,
    'port-forward',
    '--address',
    '127.0.0.1',
    service,
    `:${workload.service.port}`,
  ];
  const forward = execa('kubectl', args, {
    env: { PATH: toolPath() },
    reject: false,
    stdin: 'ignore',
  });
  const port = await new Promise<string>((resolve, reject) => {
    forward.stdout.on('data', (data) => {
      const [, found] = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(String(data)) ?? [];
      if (found !== undefined) resolve(found);
    });
    void forward.then(({ stderr }) => reject(new Error(`port-forward ended: ${stderr}`)));
  });
  const client = askSteadily(async () => {
    const response = await fetch(`http://127.0.0.1:${port}${CHECK_PATH}`, {
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MILLISECONDS),
    });
    return { status: response.status, body: await response.text() };
  }, expected);
  return {
    async stop() {
      const stats = await client.stop();
      forward.kill();
      await forward;
      return stats;
    },
  };
}

/** Asks one request after the other until it is stopped. */
export function askSteadily(
  request: () => Promise<{ readonly status: number; readonly body: string }>,
  expected: string,
): SteadyClient {
  const stop = new AbortController();
  const failures: string[] = [];
  let requests = 0;
  const ask = async () => {
    requests += 1;
    try {
      const { status, body } = await request();
      if (status !== 200 || body !== expected) {
        failures.push(`${new Date().toISOString()} ${status} ${body}`);
      }
    } catch (error) {
      failures.push(`${new Date().toISOString()} ${String(error)}`);
    }
  };
  const asking = (async () => {
    while (!stop.signal.aborted) {
      await ask();
      await sleep(PAUSE_MILLISECONDS);
    }
  })();
  return {
    async stop() {
      stop.abort();
      await asking;
      return { requests, failures };
    },
  };
}
