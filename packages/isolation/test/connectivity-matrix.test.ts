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
});
const host = {
  apiService: '10.96.0.1',
  apiEndpoint: { host: '172.18.0.2', port: 6443 },
  node: '172.18.0.2',
};
const tenants = [endpoint('alice', 1), endpoint('bob', 2), endpoint('carol', 3)];
const probes = networkProbes(tenants, pairsOf(['alice', 'bob', 'carol'], 5), host);

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
      expect([id, address, port]).toEqual([id, dial.host, dial.port]);
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
