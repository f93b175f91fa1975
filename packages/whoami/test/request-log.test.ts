import { request } from 'node:http';

import express from 'express';
import { expect, test } from '@jest/globals';

import type { LogRecord } from '../src/log.ts';
import { pathOf, requestLog } from '../src/request-log.ts';

test('a request that its client gives up is logged as aborted, without a status', async () => {
  const arrived = Promise.withResolvers<void>();
  const logged = Promise.withResolvers<LogRecord>();
  const app = express();
  app.use(requestLog(logged.resolve, new Set(['/slow'])));
  app.get('/slow', () => arrived.resolve());
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));

  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const outgoing = request({ host: '127.0.0.1', port, path: '/slow' });
  outgoing.on('error', () => {});
  outgoing.end();
  await arrived.promise;
  outgoing.destroy();

  expect(await logged.promise).toMatchObject({
    path: '/slow',
    status: null,
    bytes: 0,
    aborted: true,
  });
  server.close();
});

test.each([
  ['/whoami', '/whoami'],
  ['/whoami?token=pw', '/whoami'],
  ['/who@mi', '/who@mi'],
  ['http://user:pw@host/whoami', '/whoami'],
  ['http://user:pw@host:3000/whoami?x=pw#pw', '/whoami'],
  ['HTTPS://user:pw@host', '/'],
  ['http://user:p/pw@host/whoami', '/whoami'],
  ['http://user:p?w/pw#pw@host/whoami', '/whoami'],
  ['http://pw@user@host/whoami', '/whoami'],
  ['//user:pw@host/whoami', '//host/whoami'],
  ['http://host/whoami', '/whoami'],
  ['*', '*'],
])('of the target %s the log has the path %s', (target, path) => {
  expect(pathOf(target)).toBe(path);
});
