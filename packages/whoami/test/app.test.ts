import { createServer } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { createApp } from '../src/app.ts';
import { formatRecord } from '../src/log.ts';
import type { LogRecord } from '../src/log.ts';
import { call, listen } from './http-client.ts';

const records: LogRecord[] = [];
let ready = true;
let port = 0;

const log = (record: LogRecord): void => {
  records.push(record);
};

function makeServer(tenantId: string) {
  return createServer(createApp({ tenantId, isReady: () => ready, log }));
}

const server = makeServer('Alice');
beforeAll(async () => {
  port = await listen(server);
});
afterAll(() => void server.close());
beforeEach(() => {
  records.length = 0;
  ready = true;
});

const greeting = 'Hello there TenantID ✋ Alice';

test('GET /whoami greets as text, to be kept by nobody', async () => {
  const { status, headers, body } = await call(port, '/whoami');
  expect([status, body]).toEqual([200, greeting]);
  expect(headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(greeting)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('etag');
});

test('HEAD /whoami has the headers of GET and no body', async () => {
  const head = await call(port, '/whoami', { method: 'HEAD' });
  const get = await call(port, '/whoami');
  expect([head.status, head.body]).toEqual([200, '']);
  expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' });
});

test.each(["O'Brien & Söhne <b>", '"Anführung"', '🧑‍🤝‍🧑 日本', '%41%0A ${x} \\n'])(
  'the name %j arrives as it is',
  async (name) => {
    const other = makeServer(name);
    const { headers, body } = await call(await listen(other), '/whoami');
    other.close();
    expect(body).toBe(`Hello there TenantID ✋ ${name}`);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  },
);

test.each(['/whoami?', '/whoami?name=Eve&TENANT_ID=Eve', '/whoami?%E0%A4%A', '/whoami/'])(
  'GET %s greets',
  async (path) => {
    expect(await call(port, path)).toMatchObject({ status: 200, body: greeting });
  },
);

test.each(['/', '/who', '/whoami/x', '/whoami%2F', '/whoami%00', '/%E0%A4%A', '//whoami', '/..'])(
  'GET %s is not found',
  async (path) => {
    expect(await call(port, path)).toMatchObject({
      status: 404,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
      body: 'Not Found',
    });
  },
);

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])(
  '%s on a known path says what is allowed',
  async (method) => {
    for (const path of ['/whoami', '/livez', '/readyz']) {
      expect(await call(port, path, { method })).toMatchObject({
        status: 405,
        headers: { allow: 'GET, HEAD', 'content-type': 'text/plain; charset=utf-8' },
        body: 'Method Not Allowed',
      });
    }
    expect(await call(port, '/none', { method })).toMatchObject({ status: 404 });
  },
);

test('readyz follows readiness, livez does not', async () => {
  expect(await call(port, '/readyz')).toMatchObject({ status: 200, body: 'ok' });
  ready = false;
  expect(await call(port, '/readyz')).toMatchObject({ status: 503, body: 'draining' });
  expect(await call(port, '/livez')).toMatchObject({ status: 200, body: 'ok' });
});

test('a failure is logged, and answered in plain text that gives nothing away', async () => {
  const reason = new SyntaxError('secret');
  const isReady = () => {
    throw reason;
  };
  const broken = createServer(createApp({ tenantId: 'A', isReady, log }));
  const answer = await call(await listen(broken), '/readyz');
  broken.close();
  expect(answer).toMatchObject({ status: 500, body: 'Internal Server Error' });
  expect(records).toMatchObject([
    { event: 'error', error: expect.stringContaining('SyntaxError: secret') },
    { event: 'request', path: '/readyz', status: 500 },
  ]);
});

describe('the log', () => {
  test('has one record for each request, without its query', async () => {
    await call(port, '/whoami?token=secret');
    await call(port, '/whoami', { method: 'HEAD' });
    await call(port, '/none', { method: 'POST' });
    const common = { event: 'request', durationMs: expect.any(Number), aborted: false };
    const bytes = Buffer.byteLength(greeting);
    expect(records).toEqual([
      { ...common, method: 'GET', path: '/whoami', status: 200, bytes },
      { ...common, method: 'HEAD', path: '/whoami', status: 200, bytes: 0 },
      { ...common, method: 'POST', path: '/none', status: 404, bytes: 9 },
    ]);
  });

  test('has probes only where they fail', async () => {
    await call(port, '/livez');
    await call(port, '/readyz');
    ready = false;
    await call(port, '/readyz');
    expect(records.map(({ path, status }) => [path, status])).toEqual([['/readyz', 503]]);
  });

  test('is one line of printable JSON whatever a client sends', async () => {
    const path = '/a"{\\%0A%1B[2J\'';
    await call(port, path, { method: 'DELETE' });
    const [record] = records;
    if (!record) throw new Error('no record');
    const line = formatRecord(record, new Date(0));
    expect(line).toMatch(/^\{"time":"1970-01-01T00:00:00.000Z","event":"request",[ -~]+\}\n$/);
    expect(JSON.parse(line)).toMatchObject({ method: 'DELETE', path, status: 404 });
  });

  test.each(['/\x9b2J', '/\x7f', '/\u001b[2J'])(
    'has no path with raw controls: %j',
    async (path) => {
      const socket = connect(port, '127.0.0.1');
      socket.end(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`, 'latin1'));
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
      expect(records).toEqual([]);
    },
  );

  test('escapes line breaks and terminal commands', () => {
    const line = formatRecord({ event: 'error', error: 'a\nb\r\u001b[2J' }, new Date(0));
    expect(line).toBe(
      '{"time":"1970-01-01T00:00:00.000Z","event":"error","error":"a\\nb\\r\\u001b[2J"}\n',
    );
  });
});

test('a request as to a proxy is answered, and its user and password are not logged', async () => {
  const { status, body } = await call(port, 'http://user:pw@example.com/whoami?key=pw');
  expect([status, body]).toEqual([200, greeting]);
  expect(records).toMatchObject([{ event: 'request', path: '/whoami', status: 200 }]);
  expect(JSON.stringify(records)).not.toMatch(/pw|user/);
});
