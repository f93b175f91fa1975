import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findHostApi, isDown, lookAtHost } from '../lib/cluster/look-host.ts';
import { apiError } from './helpers/fake-api.ts';

const CONTEXT = 'kind-tenantry';

let directory: string;
let server: Server;
/** What the server does with who connects. */
let answer: (socket: Socket) => void;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tenantry-host-'));
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    answer(socket);
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
});
afterEach(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

const places = () => ({ cluster: 'tenantry', kubeconfig: join(directory, 'kubeconfig') });

/** Our kubeconfig, with the server's address in a context of this name. */
function writeKubeconfig(context = CONTEXT): void {
  const { port } = server.address() as AddressInfo;
  writeFileSync(
    places().kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'x', cluster: { server: `https://127.0.0.1:${port}` } }],
      users: [{ name: 'x', user: {} }],
      contexts: [{ name: context, context: { cluster: 'x', user: 'x' } }],
    }),
  );
}

describe('our own cluster is down, and may be made or started,', () => {
  test.each<readonly [string, () => void, RegExp]>([
    ['where there is no kubeconfig', () => undefined, /^no kind cluster tenantry yet/],
    [
      'where nobody listens',
      () => {
        writeKubeconfig();
        server.close();
      },
      /does not answer: .*ECONNREFUSED/,
    ],
    [
      'where who listens hangs up',
      () => {
        writeKubeconfig();
        answer = (socket) => socket.resetAndDestroy();
      },
      /does not answer: /,
    ],
  ])('%s', async (_, prepare, says) => {
    prepare();
    expect(await findHostApi(places(), CONTEXT)).toEqual({
      down: expect.objectContaining({ message: expect.stringMatching(says) }),
    });
    await expect(lookAtHost(places(), CONTEXT)).rejects.toThrow(says);
  });

  test('where the server is not ready yet', () => {
    expect([500, 503, 504].map((status) => isDown(apiError(status, 'x')))).toEqual([
      true,
      true,
      true,
    ]);
  });
});

describe('any other failure is one:', () => {
  test('a server that refuses us', () => {
    expect([401, 403, 404, 429].some((status) => isDown(apiError(status, 'x')))).toBe(false);
  });

  test('a server that is another', async () => {
    writeKubeconfig();
    answer = (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    await expect(findHostApi(places(), CONTEXT)).rejects.toThrow(
      `→ remove ${places().kubeconfig}, where`,
    );
  });

  test.each<readonly [string, () => void, string]>([
    ['a kubeconfig that cannot be read', () => writeFileSync(places().kubeconfig, '{'), 'flow'],
    ['one without our context', () => writeKubeconfig('other'), 'kind-tenantry'],
  ])('%s', async (_, prepare, says) => {
    prepare();
    await expect(findHostApi(places(), CONTEXT)).rejects.toThrow(says);
  });
});
