import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { KubeConfig } from '@tenantry/kube-library';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createClient, type KubeClient } from '../lib/kube/client.ts';
import { forwardToPod } from '../lib/kube/connect.ts';

let server: Server;
let config: KubeConfig;
let client: KubeClient;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  config = new KubeConfig();
  const { port } = server.address() as AddressInfo;
  config.loadFromClusterAndUser(
    { name: 'c', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'u' },
  );
  client = createClient(config);
});
afterEach(() => {
  client[Symbol.dispose]();
  server.closeAllConnections();
  server.close();
});

/** Turns the first requests away as a busy API server does. */
function busyFor(requests: number): () => number {
  let asked = 0;
  answer = (_, response) => {
    asked += 1;
    if (asked > requests) return response.end('{"kind":"Pod"}');
    response.writeHead(429, { 'retry-after': '0' });
    return response.end('{"reason":"TooManyRequests","message":"try again later"}');
  };
  return () => asked;
}

test('a server that has too much to do is asked again', async () => {
  const asked = busyFor(3);
  expect(await client.send({ path: '/api/v1/namespaces/a/pods/b' })).toEqual({ kind: 'Pod' });
  expect(asked()).toBe(4);
});

test('but not for ever: its refusal is told in its words', async () => {
  const asked = busyFor(100);
  await expect(client.send({ method: 'DELETE', path: '/api/v1/pods' })).rejects.toThrow(
    'DELETE /api/v1/pods: 429 try again later',
  );
  expect(asked()).toBe(5);
});

test('the server is told who asks', async () => {
  let said: string | undefined;
  answer = (request, response) => {
    said = request.headers['user-agent'];
    response.end('{}');
  };
  await client.send({ path: '/api/v1/pods' });
  expect(said).toBe('tenantry');
});

test('a connection is closed from here before a server may do it while it is asked', async () => {
  server.keepAliveTimeout = 0;
  using impatient = createClient(config, 20);
  answer = (_, response) => response.end('{}');
  const connected = once(server, 'connection');
  await impatient.send({ path: '/version' });
  const [socket] = (await connected) as [Socket];
  await once(socket, 'close');
});

test('a server that hangs up is an error that names the request', async () => {
  answer = (request) => request.socket.destroy();
  await expect(client.send({ path: '/api/v1/pods' })).rejects.toMatchObject({
    name: 'ConnectionError',
    message: 'GET /api/v1/pods: socket hang up',
    code: 'ECONNRESET',
  });
});

test('what the caller ends is no error of the server', async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  answer = () => resolve();
  const caller = new AbortController();
  const reading = client.send({ path: '/api/v1/pods', signal: caller.signal });
  await asked;
  caller.abort();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});

/** Takes every upgrade to a WebSocket, as an API server does for a port-forward. */
function acceptUpgrades(): void {
  const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  server.on('upgrade', ({ headers }, socket) => {
    const key = createHash('sha1').update(`${headers['sec-websocket-key']}${GUID}`);
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Protocol: v4.channel.k8s.io\r\n' +
        `Sec-WebSocket-Accept: ${key.digest('base64')}\r\n\r\n`,
    );
  });
}

test('a port-forward takes over the connection that a request has left open', async () => {
  let connections = 0;
  server.on('connection', () => (connections += 1));
  acceptUpgrades();
  answer = (_, response) => response.end('{}');
  await client.send({ path: '/version' });
  await using forward = await forwardToPod(client, { namespace: 'a', name: 'b' }, 8443);
  const upgraded = once(server, 'upgrade');
  const socket = connect(forward.port, '127.0.0.1');
  const [request, webSocket] = (await upgraded) as [IncomingMessage, Socket];
  expect(request.url).toBe('/api/v1/namespaces/a/pods/b/portforward?ports=8443');
  expect(connections).toBe(1);
  await client.send({ path: '/version' });
  expect(connections).toBe(2);
  socket.destroy();
  webSocket.destroy();
});
