import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { connectTo, get } from '../lib/deploy/ask-port.ts';

let server: Server;
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

async function listening(made: Server): Promise<number> {
  server = made.on('connection', (socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test.each([
  [200, { ok: true, text: 'hello' }],
  [503, { ok: false, text: '503 hello' }],
])('HTTP %i is this answer', async (status, expected) => {
  const port = await listening(
    createHttpServer((request, response) => {
      response.writeHead(request.url === '/hello?x=1' ? status : 404).end('hello');
    }),
  );
  expect(await get(port, '/hello?x=1')).toEqual(expected);
});

test.each<readonly [string, (socket: Socket) => void, boolean]>([
  ['stays open and silent', () => {}, true],
  ['speaks first and closes', (socket) => socket.end('220 mail'), true],
  [
    'is closed at once, as by a forward to a port that nobody listens on',
    (socket) => socket.destroy(),
    false,
  ],
])('a connection that %s', async (_, serve, ok) => {
  expect(await connectTo(await listening(createServer(serve)))).toMatchObject({ ok });
});

test('a port that nobody listens on is no answer to either question', async () => {
  const port = await listening(createServer());
  server.close();
  await once(server, 'close');
  expect(await get(port, '/')).toMatchObject({ ok: false });
  expect(await connectTo(port)).toMatchObject({ ok: false });
});
