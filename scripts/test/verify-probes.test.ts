import { describe, expect, test } from '@jest/globals';
import { asNew, attempts, benignClaim, benignService } from '../lib/verify/attacks.ts';
import { tenantPlaces } from '../lib/verify/find-endpoints.ts';
import { networkProbes } from '../lib/verify/connectivity-matrix.ts';
import { dialProbes, outcomeOf } from '../lib/verify/connectivity.ts';
import { orphanProbes } from '../lib/verify/orphans.ts';
import { pairsOf } from '../lib/verify/pairs.ts';
import type { TenantPlaces } from '../lib/verify/endpoints.ts';
import { probePod } from '../lib/verify/fixtures.ts';

const place = (id: string, net: number): TenantPlaces => ({
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
const tenants = [place('alice', 1), place('bob', 2), place('carol', 3)];
const probes = networkProbes(tenants, pairsOf(['alice', 'bob', 'carol'], 5), host);

describe('the packets', () => {
  test('have names of their own, and twins that are sent too and expected to pass', () => {
    const byId = new Map(probes.map((probe) => [probe.id, probe]));
    expect(byId.size).toBe(probes.length);
    for (const { twins } of probes)
      for (const twin of twins) expect(byId.get(twin)?.expected).toBe('allowed');
  });

  test('that must be refused go to an address that their twin goes to', () => {
    const byId = new Map(probes.map((probe) => [probe.id, probe]));
    for (const { id, dial, expected, twins } of probes) {
      if (expected === 'allowed' || id.includes('/app-name@') || twins.length === 0) continue;
      const { host: address, port } = byId.get(twins[0] ?? '')?.dial ?? {};
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

  test('only the one to the cloud’s metadata has no twin', () => {
    const without = probes.filter(
      ({ expected, twins }) => expected === 'refused' && twins.length === 0,
    );
    expect(without.map(({ id }) => id)).toEqual(
      ['alice', 'bob', 'carol'].map((id) => `${id}/network/metadata`),
    );
  });
});

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
    const outcomes = await dialProbes(
      probes.filter(({ from }) => from === 'alice'),
      (dials) => {
        asked.push(dials.length);
        return Promise.resolve(
          dials.map(({ id }) => ({
            id,
            connected:
              !id.includes('@') && !id.includes('host-') && !id.endsWith('metadata')
                ? asked.length > 1 || !id.endsWith('/dns')
                : false,
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

describe('what a hostile tenant makes', () => {
  const pod = probePod({ image: 'tenantry/whoami:1' });
  const tried = attempts({
    pod,
    service: benignService('tenantry-verify'),
    claim: benignClaim('tenantry-verify'),
  });

  test('differs from the harmless object by name, and in nothing but what is tried', () => {
    expect(new Set(tried.map(({ object }) => object.metadata.name)).size).toBe(tried.length);
    const hostPid = tried.find(({ name }) => name === 'host-pid')?.object['spec'];
    expect(hostPid).toEqual({ ...(pod['spec'] as object), hostPID: true });
  });

  test('takes nobody’s address', () => {
    const service = tried.find(({ name }) => name === 'external-ips')?.object['spec'];
    expect(service).toMatchObject({ externalIPs: [expect.stringMatching(/^203\.0\.113\./)] });
  });

  test('is made again from a synced pod without what the host has added', () => {
    const again = asNew({
      ...pod,
      metadata: { name: 'x', namespace: 'vcluster-tenant-alice', uid: '1', resourceVersion: '2' },
      spec: { nodeName: 'node', containers: [] },
      status: { phase: 'Running' },
    });
    expect(again).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'tenantry-verify-again', namespace: 'vcluster-tenant-alice' },
      spec: { containers: [] },
    });
  });
});

test('a tenant whose service does not run says so', () => {
  expect(() => tenantPlaces('alice', [], [])).toThrow(/alice: no/);
});

test('who is live and not in dist/ is a row that was skipped', () => {
  const [rows, outcomes] = orphanProbes(['alice', 'zoe'], [{ id: 'alice' }]);
  expect(rows.map(({ id }) => id)).toEqual(['zoe/host/orphan']);
  expect(outcomes).toEqual([
    { id: 'zoe/host/orphan', seen: null, detail: 'live, but not in dist/' },
  ]);
});
