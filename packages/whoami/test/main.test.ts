import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect, test } from '@jest/globals';

import { call } from './http-client.ts';
import { startService } from './service-process.ts';

const env = { TENANT_ID: "O'Brien & Söhne <b> 🧾", PORT: '0' };
const greeting = `Hello there TenantID ✋ ${env.TENANT_ID}`;

test.each([
  [{}, 'TENANT_ID is not set'],
  [{ TENANT_ID: '  ' }, 'TENANT_ID is blank'],
  [{ TENANT_ID: 'A', PORT: 'http' }, 'PORT is "http"'],
])('with %j it says why it cannot start, exit code 2', async (bad: Record<string, string>, why) => {
  await using service = startService(bad);
  const { code, stderr } = await service.ended();
  expect(code).toBe(2);
  expect(stderr).toContain(`whoami: cannot start.\n${why}`);
  expect(stderr).not.toContain('    at ');
  expect(service.lines).toEqual([]);
});

test('a port in use is said so, exit code 1', async () => {
  await using first = startService(env);
  const { port } = await first.event('start');
  await using second = startService({ ...env, PORT: String(port) });
  const { code, stderr } = await second.ended();
  expect(code).toBe(1);
  expect(stderr).toMatch(/^whoami: cannot listen on port \d+: another process has it\. .+\n$/);
});

test('SIGTERM loses no request', async () => {
  await using service = startService({
    ...env,
    SHUTDOWN_DELAY_MS: '3000',
    SHUTDOWN_GRACE_MS: '60000',
  });
  const port = Number((await service.event('start'))['port']);

  // A load balancer: sends to the service for as long as its last look at readyz was good.
  const route = new AbortController();
  let answered = 0;
  const watch = async () => {
    while (!route.signal.aborted) {
      await sleep(50);
      if ((await call(port, '/readyz')).status !== 200) route.abort();
    }
  };
  const client = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!route.signal.aborted) {
      const { status, body } = await call(port, '/whoami', { agent });
      expect([status, body]).toEqual([200, greeting]);
      answered += 1;
    }
    agent.destroy();
  };
  const clients = [watch(), ...Array.from({ length: 8 }, client)];

  // A request under way before the signal and complete only after the listener is gone.
  const slow = connect(port, '127.0.0.1');
  slow.write('GET /whoami HTTP/1.1\r\nHost: a\r\n');
  const slowAnswer = text(slow);

  const enough = () => answered >= 20;
  while (!enough()) await sleep(10);
  const before = answered;
  service.kill('SIGTERM');
  await Promise.all(clients);
  expect(answered).toBeGreaterThan(before);

  while (await listens(port)) await sleep(50);
  slow.write('\r\n');
  const answer = await slowAnswer;
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toMatch(/\r\nConnection: close\r\n/i);
  expect(answer.endsWith(greeting)).toBe(true);

  expect(await service.ended()).toEqual({ code: 0, stderr: '' });
  const requests = service.lines.filter((line) => line['path'] === '/whoami');
  expect(requests).toHaveLength(answered + 1);
  expect(service.lines.at(-1)).toMatchObject({ event: 'stop', signal: 'SIGTERM', cut: 0 });
});

/** Whether somebody takes connections on a port. */
async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    return false;
  } finally {
    socket.destroy();
  }
}

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('a second signal, %s, ends it at once with %i', async (signal, exitCode) => {
  await using service = startService(env);
  await service.event('start');
  service.kill('SIGINT');
  await service.event('drain');
  service.kill(signal);
  expect(await service.ended()).toEqual({ code: exitCode, stderr: '' });
});
