import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dial, PROBE_PORT, probePod } from '@tenantry/isolation';
import { dialFrom, environmentOf, linkOf } from '../lib/verify/dial.ts';
import { fakeCommands } from './fake-command.ts';

/** A kubectl that runs what is to be run in a pod here: the pod's program is the real one. */
const fakes = fakeCommands();
fakes.add(
  'kubectl',
  `while [ "$1" != -- ]; do shift; done; shift 2\nOWN=mine FOREIGN='bobs-password' exec ${process.execPath} "$@"`,
);
const target = { kubeconfig: 'k', context: 'c' };
const pod = { namespace: 'n', name: 'p' };

/** The program of a probe pod, as it runs in one. */
const [container] = (
  probePod({ image: 'x' })['spec'] as { containers: [{ args: readonly string[] }] }
).containers;
const listener = spawn(process.execPath, [...container.args], { stdio: 'ignore' });
afterAll(() => {
  listener.kill();
});

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);

async function dial(host: string, port: number, transport?: Dial['transport']) {
  const one: Dial = { id: 'x', host, port, ...(transport && { transport }) };
  return (await dialFrom(fakes.$, target, pod, [one]))[0];
}

beforeAll(async () => {
  for (let round = 0; round < 50; round += 1) {
    if ((await dial('127.0.0.1', PROBE_PORT))?.connected === true) return;
    await sleep(100);
  }
}, 60_000);

describe('from inside a pod', () => {
  test.each([
    ['127.0.0.1', 'tcp'],
    ['127.0.0.1', 'udp-echo'],
    ...(hasIpv6
      ? ([
          ['::1', 'tcp'],
          ['::1', 'udp-echo'],
        ] as const)
      : []),
  ] as const)('the listener of a probe pod answers at %s by %s', async (host, transport) => {
    expect(await dial(host, PROBE_PORT, transport)).toMatchObject({
      connected: true,
      address: host,
    });
  });

  test.each(['tcp', 'udp-echo', 'udp-dns'] as const)(
    'nobody answers by %s where nobody listens',
    async (transport) => {
      expect(await dial('127.0.0.1', 9, transport)).toMatchObject({ connected: false });
    },
  );

  test('a datagram that is lost on its way is sent again', async () => {
    const server = createSocket('udp4');
    let arrived = 0;
    server.on('message', (payload, { port, address }) => {
      arrived += 1;
      if (arrived > 1) server.send(payload, port, address);
    });
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    expect(await dial('127.0.0.1', server.address().port, 'udp-echo')).toMatchObject({
      connected: true,
    });
    server.close();
  });

  test('a DNS server is one that answers, whatever it says', async () => {
    // An echo is as long as the question.
    expect(await dial('127.0.0.1', PROBE_PORT, 'udp-dns')).toMatchObject({ connected: true });
  });

  test('values of variables are compared in the pod and never leave it', async () => {
    const said = await environmentOf(fakes.$, target, pod, ['OWN', 'FOREIGN', 'NONE'], 'mine');
    expect(said).toEqual({
      OWN: { isSet: true, isExpected: true },
      FOREIGN: { isSet: true, isExpected: false },
      NONE: { isSet: false, isExpected: false },
    });
    expect(JSON.stringify(fakes.calls('kubectl'))).not.toContain('"mine"');
  });

  test('addresses of its link are read', async () => {
    const link = await linkOf(fakes.$, target, pod, '127.0.0.1');
    expect(Object.keys(link).sort()).toEqual(['global', 'linkLocal', 'neighbours']);
  });
});
