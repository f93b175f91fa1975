import type { Server, ServerResponse } from 'node:http';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

/** How long the end may take, in milliseconds since {@link Drain.start}. */
export interface DrainOptions {
  /** New connections are taken until then, because load balancers learn of the end late. */
  readonly delayMs: number;
  /** What is not answered by then is cut; more than `delayMs`. */
  readonly graceMs: number;
}

/** Brings a server to its end without losing a request. */
export interface Drain {
  /** True from the start of the drain. */
  readonly draining: boolean;
  /** Drains and closes the server; to be called once. Resolves to the number of requests cut. */
  start(): Promise<number>;
}

// Clients that never pause must not hold the end up.
const maxBacklogMs = 100;

/** Makes the drain of a server. To be called before the server's first `request` listener is added. */
export function createDrain(server: Server, { delayMs, graceMs }: DrainOptions): Drain {
  const unanswered = new Set<ServerResponse>();
  let draining = false;

  server.on('request', (_request, response) => {
    unanswered.add(response);
    response.once('close', () => unanswered.delete(response));
    if (draining) response.setHeader('Connection', 'close');
  });

  return {
    get draining() {
      return draining;
    },
    async start() {
      draining = true;
      const end = performance.now() + graceMs;
      // A client told so opens its next connection elsewhere. One whose idle connection is closed
      // without a word may be sending on it at that very moment, and that request is lost.
      for (const response of unanswered) {
        if (!response.headersSent) response.setHeader('Connection', 'close');
      }
      await sleep(delayMs);
      await emptyBacklog(server);

      const closed = new Promise<void>((resolve) => {
        // Closes idle connections too. Its error, "not running", is what we want.
        server.close(() => resolve());
      });
      const deadline = new AbortController();
      await Promise.race([
        closed,
        sleep(Math.max(0, end - performance.now()), undefined, { signal: deadline.signal }).catch(
          () => {},
        ),
      ]);
      deadline.abort();

      const cut = unanswered.size;
      server.closeAllConnections();
      return cut;
    },
  };
}

/**
 * Waits for a turn of the event loop in which no connection came. Closing a listener resets those
 * that the kernel has accepted and the process has not, with the requests already sent on them.
 */
async function emptyBacklog(server: Server): Promise<void> {
  let came = true;
  const onConnection = () => {
    came = true;
  };
  server.on('connection', onConnection);
  const end = performance.now() + maxBacklogMs;
  await turn();
  while (came && performance.now() < end) {
    came = false;
    await turn();
  }
  server.off('connection', onConnection);
}
