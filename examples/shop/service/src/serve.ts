import { createServer, type RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Load balancers learn late that a pod ends: so long it goes on taking connections. */
const DRAIN_MILLISECONDS = 5000;

/** Listens on PORT (8080) until a signal, and then answers what has been asked before it ends. */
export function serve(makeApp: (isReady: () => boolean) => RequestListener): void {
  let draining = false;
  const server = createServer();
  server.on('request', (_request, response) => {
    if (draining) response.setHeader('Connection', 'close');
  });
  server.on(
    'request',
    makeApp(() => !draining),
  );
  server.listen(Number(process.env['PORT'] ?? 8080));
  const stop = async () => {
    draining = true;
    await sleep(DRAIN_MILLISECONDS);
    server.close(() => process.exit(0));
  };
  // The kernel ignores a signal to process 1 of a container unless there is a handler for it.
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
