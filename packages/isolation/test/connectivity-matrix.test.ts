import { describe, expect, test } from '@jest/globals';
import { networkProbes, pairsOf } from '../src/connectivity-matrix.ts';
import type { TenantEndpoints } from '../src/endpoints.ts';

const endpoint = (id: string, net: number): TenantEndpoints => ({
  id,
  appPod: `10.0.${net}.1`,
  appService: `10.96.${net}.1`,
  nodePort: 30_000 + net,
  apiService: `10.96.${net}.2`,
  apiPod: `10.0.${net}.2`,
  dnsService: `10.96.${net}.3`,
  probePod: {
    ipv4: `10.0.${net}.3`,
    linkLocal: [`fe80::${net}%eth0`],
    global: [],
    neighbours: ['fe80::ff%eth0'],
  },
});
const host = {
  apiService: '10.96.0.1',
  apiEndpoint: { host: '172.18.0.2', port: 6443 },
  node: '172.18.0.2',
  nodeIpv6: null,
  dnsService: '10.96.0.10',
};
const tenants = [endpoint('alice', 1), endpoint('bob', 2), endpoint('carol', 3)];
const probes = networkProbes(tenants, pairsOf(['alice', 'bob', 'carol'], 5), host, []);

describe('the packets', () => {
  test('have names of their own, and controls that are sent too and expected to pass', () => {
    const byId = new Map(probes.map((probe) => [probe.id, probe]));
    expect(byId.size).toBe(probes.length);
    for (const { controls } of probes)
      for (const control of controls) expect(byId.get(control)?.expected).toBe('allowed');
  });

  test('that must be refused go to an address that their control goes to', () => {
    const byId = new Map(probes.map((probe) => [probe.id, probe]));
    for (const { id, dial, expected, controls } of probes) {
      if (expected === 'allowed' || id.includes('/app-name@') || controls.length === 0) continue;
      const { host: address, port } = byId.get(controls[0] ?? '')?.dial ?? {};
      // The node has other addresses beside the one that its control goes to.
      if (!/neighbour/.test(id)) expect([id, address]).toEqual([id, dial.host]);
      expect([id, port]).toEqual([id, dial.port]);
    }
  });

  test('go from every tenant to every other', () => {
    for (const [from, to] of [
      ['alice', 'bob'],
      ['bob', 'alice'],
      ['carol', 'alice'],
    ])
      for (const what of ['app-pod', 'app-service', 'app-name', 'api-service', 'api-pod', 'dns'])
        expect(probes.map(({ id }) => id)).toContain(`${from}/network/${what}@${to}`);
  });

  test('only the one to the cloud’s metadata has no control', () => {
    const without = probes.filter(
      ({ expected, controls }) => expected === 'refused' && controls.length === 0,
    );
    expect(without.map(({ id }) => id)).toEqual(
      ['alice', 'bob', 'carol'].map((id) => `${id}/network/metadata`),
    );
  });
});

describe('pairs', () => {
  test('are all there are where the neighbours suffice', () => {
    expect(pairsOf(['a', 'b', 'c'], 5)).toHaveLength(6);
    expect(pairsOf(['a'], 5)).toEqual([]);
    expect(pairsOf([], 5)).toEqual([]);
  });

  test('are a ring where there are many: each tries as many as try it', () => {
    const ids = Array.from({ length: 20 }, (_, index) => `t${index}`);
    const pairs = pairsOf(ids, 3);
    expect(pairs).toHaveLength(60);
    for (const id of ids) {
      expect(pairs.filter(({ from }) => from === id)).toHaveLength(3);
      expect(pairs.filter(({ to }) => to === id)).toHaveLength(3);
    }
    expect(pairs.every(({ from, to }) => from !== to)).toBe(true);
  });

  test('of one tenant are those from it and to it', () => {
    expect(pairsOf(['a', 'b', 'c'], 5, ['b'])).toEqual([
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'b', to: 'a' },
      { from: 'c', to: 'b' },
    ]);
  });
});

describe('over IPv6 and UDP', () => {
  const idsOf = (some: readonly TenantEndpoints[]) =>
    networkProbes(
      some,
      pairsOf(
        some.map(({ id }) => id),
        5,
      ),
      host,
      [],
    ).map(({ id }) => id);
  const noIpv6 = tenants.map((one) => ({
    ...one,
    probePod: { ...one.probePod, linkLocal: [], neighbours: [] },
  }));

  test('every address of a probe pod is tried by the others, and by itself', () => {
    const ids = idsOf(tenants);
    for (const what of ['probe-pod-tcp', 'probe-pod-udp', 'link-local-tcp', 'link-local-udp']) {
      expect(ids).toContain(`bob/network/${what}`);
      expect(ids).toContain(`alice/network/${what}@bob`);
    }
    expect(ids).toContain('alice/network/dns-udp@bob');
    expect(ids).toContain('alice/network/host-dns-udp');
    expect(ids).toContain('alice/network/neighbour-1-10250');
    expect(ids).toContain('alice/network/neighbour-1-6443');
  });

  test('nothing goes over IPv6 where pods have none', () => {
    expect(idsOf(noIpv6).filter((id) => /link-local|ipv6|neighbour/.test(id))).toEqual([]);
    expect(idsOf(noIpv6)).toContain('alice/network/probe-pod-udp@bob');
  });

  test('a link-local address is dialled in the zone of the sender, and proved at both ends', () => {
    const [alice, bob] = tenants;
    if (alice === undefined || bob === undefined) throw new Error('no tenants');
    const renamed = { ...bob, probePod: { ...bob.probePod, linkLocal: ['fe80::2%net1'] } };
    const found = networkProbes([alice, renamed], [{ from: 'alice', to: 'bob' }], host, []).find(
      ({ id }) => id === 'alice/network/link-local-tcp@bob',
    );
    expect(found?.dial.host).toBe('fe80::2%eth0');
    expect(found?.controls).toEqual(['bob/network/link-local-tcp', 'alice/network/link-local-tcp']);
  });
});
