import type { RequestHandler } from 'express';

import type { Log } from './log.ts';

/**
 * Logs each request once, when it is answered or given up: method, path (the query is left out, it
 * may hold secrets), status (null where the client left before there was one), durationMs, bytes
 * (of the body) and aborted. Requests for the `quiet` paths appear only where not answered 200.
 */
export function requestLog(log: Log, quiet: ReadonlySet<string>): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    const path = pathOf(request.originalUrl);
    // `close` comes after every request, `finish` only after those that were answered.
    response.once('close', () => {
      const aborted = !response.writableFinished;
      if (!aborted && response.statusCode === 200 && quiet.has(path)) return;
      const hasBody = !aborted && request.method !== 'HEAD';
      log({
        event: 'request',
        method: request.method,
        path,
        status: response.headersSent ? response.statusCode : null,
        durationMs: Math.round((performance.now() - start) * 1000) / 1000,
        bytes: hasBody ? Number(response.getHeader('content-length') ?? 0) : 0,
        aborted,
      });
    });
    next();
  };
}

/**
 * The path of a request's target. A client that takes us for a proxy sends an address before it
 * (`GET http://user:password@host/whoami`), which is dropped up to the last `@`, wherever that is:
 * a password that was not encoded may hold any character.
 */
export function pathOf(target: string): string {
  const path = target
    .replace(/^\/\/.*@/s, '//')
    .replace(/^[a-z][a-z0-9+.-]*:\/\/(?:.*@)?[^/?#]*/is, '')
    .replace(/[?#].*/s, '');
  return path === '' ? '/' : path;
}
