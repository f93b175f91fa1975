import { Agent, createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect, test } from '@jest/globals';

import { createDrain } from '../src/shutdown.ts';
import { call, listen } from './http-client.ts';

test('a request in flight is answered and its connection closed', async () => {
  const server = createServer();
  const drain = createDrain(server, { delayMs: 0, graceMs: 5000 });
  const arrived = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  server.on('request', async (_request, response) => {
    arrived.resolve();
    await release.promise;
    response.end('late');
  });
  const port = await listen(server);
  const agent = new Agent({ keepAlive: true });

  const answer = call(port, '/', { agent });
  await arrived.promise;
  expect(drain.draining).toBe(false);
  const ended = drain.start();
  expect(drain.draining).toBe(true);
  await sleep(50);
  await expect(call(port, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  release.resolve();

  expect(await answer).toMatchObject({ body: 'late', headers: { connection: 'close' } });
  expect(await ended).toBe(0);
});

test('what is not answered within the grace period is cut and counted', async () => {
  const server = createServer();
  const drain = createDrain(server, { delayMs: 10, graceMs: 60 });
  const arrived = Promise.withResolvers<void>();
  server.on('request', () => arrived.resolve());
  const answer = call(await listen(server), '/').catch((error: unknown) => error);
  await arrived.promise;

  const start = performance.now();
  expect(await drain.start()).toBe(1);
  expect(performance.now() - start).toBeLessThan(1000);
  expect(await answer).toMatchObject({ code: 'ECONNRESET' });
});

test('idle keep-alive connections do not hold the end up', async () => {
  const server = createServer((_request, response) => response.end());
  const drain = createDrain(server, { delayMs: 0, graceMs: 5000 });
  const agent = new Agent({ keepAlive: true });
  await call(await listen(server), '/', { agent });

  const start = performance.now();
  expect(await drain.start()).toBe(0);
  expect(performance.now() - start).toBeLessThan(1000);
});
