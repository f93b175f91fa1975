import express from 'express';
import type { ErrorRequestHandler, Express, Response } from 'express';

import type { Log } from './log.ts';
import { requestLog } from './request-log.ts';

/** What the app is made from. */
export interface AppOptions {
  /** The name in the greeting, sent as it is. */
  readonly tenantId: string;
  /** Whether new requests are wanted; asked at each `GET /readyz`. */
  readonly isReady: () => boolean;
  /** Takes one record for each request. */
  readonly log: Log;
}

/** The service as an express app: no port, no environment, no process. All bodies are text. */
export function createApp({ tenantId, isReady, log }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  // Nothing is to be kept, so there is nothing to revalidate.
  app.disable('etag');

  // Probes come every few seconds for as long as the pod lives.
  app.use(requestLog(log, new Set(['/livez', '/readyz'])));
  app.use((_request, response, next) => {
    // A tenant's name may look like HTML, and no browser is to guess so.
    response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
    next();
  });

  const routes: Record<string, (response: Response) => void> = {
    '/whoami': (response) => sendText(response, 200, `Hello there TenantID ✋ ${tenantId}`),
    '/livez': (response) => sendText(response, 200, 'ok'),
    '/readyz': (response) =>
      isReady() ? sendText(response, 200, 'ok') : sendText(response, 503, 'draining'),
  };
  for (const [path, answer] of Object.entries(routes)) {
    app
      .route(path)
      .get((_request, response) => answer(response))
      .all((_request, response) =>
        sendText(response.set('Allow', 'GET, HEAD'), 405, 'Method Not Allowed'),
      );
  }

  app.use((_request, response) => sendText(response, 404, 'Not Found'));
  app.use(answerError(log));
  return app;
}

function sendText(response: Response, status: number, body: string): void {
  response.status(status).type('text/plain').send(body);
}

// Express knows an error handler by its four parameters, and its own answers in HTML.
function answerError(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    log({ event: 'error', error: error instanceof Error ? (error.stack ?? '') : String(error) });
    if (response.headersSent) next(error);
    else sendText(response, 500, 'Internal Server Error');
  };
}
