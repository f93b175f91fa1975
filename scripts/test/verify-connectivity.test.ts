import { describe, expect, test } from '@jest/globals';
import { networkProbes, pairsOf, type TenantEndpoints } from '@tenantry/isolation';
import { dialProbes, outcomeOf } from '../lib/verify/connectivity.ts';
import { tenantEndpoints } from '../lib/verify/find-endpoints.ts';

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

describe('dialling', () => {
  const own = probes.find(({ id }) => id === 'alice/network/app-name');
  if (own === undefined) throw new Error('no such probe');
  const answer = { id: own.id, connected: true, address: '10.96.1.1', code: '' };

  test('a name that leads elsewhere is not the way that is allowed', () => {
    expect(outcomeOf(own, answer, 1)).toMatchObject({ seen: 'allowed', detail: 'connected' });
    expect(outcomeOf(own, { ...answer, address: '10.96.2.1' }, 1)).toMatchObject({
      seen: 'refused',
      detail: 'leads to 10.96.2.1, not 10.96.1.1',
    });
  });

  test('is tried again only where it was not as expected', async () => {
    const asked: number[] = [];
    const expected = new Map(probes.map((probe) => [probe.id, probe.expected]));
    const outcomes = await dialProbes(
      probes.filter(({ from }) => from === 'alice'),
      (dials) => {
        asked.push(dials.length);
        return Promise.resolve(
          dials.map(({ id }) => ({
            id,
            connected:
              expected.get(id) === 'allowed' && (asked.length > 1 || id !== 'alice/network/dns'),
            address: '10.96.1.1',
            code: 'ECONNREFUSED',
          })),
        );
      },
      new AbortController().signal,
    );
    expect(asked.slice(1)).toEqual([1]);
    expect(outcomes.find(({ id }) => id === 'alice/network/dns')).toMatchObject({
      seen: 'allowed',
      detail: expect.stringContaining('(round 2)'),
    });
  }, 10_000);

  test('a pod that cannot be told to is a row without a result', async () => {
    const controller = new AbortController();
    const failing = dialProbes(
      [own],
      () => {
        controller.abort();
        return Promise.reject(new Error('no pod'));
      },
      controller.signal,
    );
    await expect(failing).rejects.toThrow();
  });
});

test('a tenant whose service does not run says so', () => {
  expect(tenantEndpoints('alice', [], [])).toBe('no Service fixture-public');
});
