import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessPromise } from 'zx';
import { reach, type Target } from './kubectl.ts';
import { Fault } from '../cli/errors.ts';
import { CommandError, type Shell } from '../cli/shell.ts';
import { endTied, startTied } from '../cli/tied-command.ts';

export interface PortForward extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
}

const START_TIMEOUT_SECONDS = 20;
const RESTART_MILLISECONDS = 300;

/**
 * Forwards a free local port to `resource` (`svc/web`) for as long as it is held; starts
 * again on the same port when the pod behind it goes away. Meets no NetworkPolicy.
 */
export async function forwardPort(
  $: Shell,
  target: Target,
  namespace: string,
  resource: string,
  remotePort: number,
): Promise<PortForward> {
  const stop = new AbortController();
  const start = (localPort: number): ProcessPromise => {
    const where = [...reach(target), '-n', namespace];
    const ports = `${localPort === 0 ? '' : localPort}:${remotePort}`;
    const flags = ['port-forward', '--address', '127.0.0.1'];
    return startTied($, 'kubectl', [...where, ...flags, resource, ports]);
  };
  let current = start(0);
  const port = await listeningPort(current, resource);
  const supervise = async () => {
    while (!stop.signal.aborted) {
      await current;
      if (stop.signal.aborted) return;
      await sleep(RESTART_MILLISECONDS);
      // Disposed of meanwhile: what is started now would never be ended.
      if (stop.signal.aborted) return;
      current = start(port);
    }
  };
  const supervision = supervise();
  return {
    port,
    async [Symbol.asyncDispose]() {
      stop.abort();
      endTied(current);
      await supervision;
    },
  };
}

/** The port that kubectl says it listens on: `Forwarding from 127.0.0.1:41234 -> 8443`. */
async function listeningPort(forward: ProcessPromise, resource: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let text = '';
  // The stream stays open: kubectl reports each connection and dies where nobody reads.
  forward.stdout.on('data', (chunk) => {
    if (text.length > 1000) return;
    text += String(chunk);
    const match = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(text);
    if (match) resolve(Number(match[1]));
  });
  const timer = setTimeout(() => {
    reject(
      new Fault({
        what: `port-forward to ${resource}`,
        why: `kubectl did not listen within ${START_TIMEOUT_SECONDS} s`,
        todo: 'see whether the host cluster answers and the pod runs, then run the command again',
      }),
    );
    endTied(forward);
  }, START_TIMEOUT_SECONDS * 1000);
  try {
    return await Promise.race([promise, failed(forward, resource)]);
  } finally {
    clearTimeout(timer);
  }
}

async function failed(forward: ProcessPromise, resource: string): Promise<never> {
  throw new CommandError(`kubectl port-forward ${resource}`, await forward);
}
