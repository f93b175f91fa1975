import { describe, expect, test } from '@jest/globals';
import { asNew, attacks, benignClaim, benignService } from '../src/attacks.ts';
import { probePod } from '../src/fixtures.ts';

describe('what a hostile tenant makes', () => {
  const pod = probePod({ image: 'tenantry/app:1' });
  const tried = attacks({
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
