import { describe, expect, test } from '@jest/globals';
import { LAST_WAVE } from '@tenantry/tenants';
import type { KubeObject } from '../src/kube-object.ts';
import type { WantedTenant } from '../src/wanted.ts';
import { tenantStatuses } from '../src/tenant-status.ts';

function statefulSet(id: string, replicas: number, annotations = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: `tenant-${id}`, namespace: `vcluster-tenant-${id}`, annotations },
    spec: { replicas },
  };
}

describe('status', () => {
  const dist: WantedTenant = {
    id: 'alice',
    state: 'active',
    images: { app: 'tenantry/app:new' },
    chartVersion: '0.36.0',
    wave: LAST_WAVE,
    hostObjects: [],
    virtualObjects: [],
    values: {},
  };
  const unpaid = new Map([['alice', '2026-12-31']]);
  const drift = (state: WantedTenant['state'], replicas: number, notes = {}) => {
    const { metadata, ...rest } = statefulSet('alice', replicas, notes);
    const labels = { chart: 'vcluster-0.36.0' };
    const seen = [{ ...rest, metadata: { ...metadata, labels } }];
    return tenantStatuses([{ ...dist, state }], seen, unpaid)[0]?.drift;
  };

  test.each([
    ['active', 1, ['paid through 2026-12-31, but running']],
    ['paused', 1, ['paused, but running', 'paid through 2026-12-31, but running']],
    ['paused', 0, []],
    ['offboarding', 1, ['offboarding, but running', 'paid through 2026-12-31, but running']],
    ['offboarding', 0, []],
    ['active', 0, ['scaled to zero, but active']],
  ] as const)('of %s at %d replicas, unpaid: %j', (state, replicas, expected) => {
    expect(drift(state, replicas)).toEqual(expected);
  });

  test("names somebody else's pause", () => {
    expect(drift('paused', 0, { 'loft.sh/paused': 'true' })).toEqual([
      'paused by `vcluster pause tenant-alice`',
    ]);
  });

  test('says nothing of dates for who is not deployed', () => {
    expect(tenantStatuses([dist], [], unpaid)[0]?.drift).toEqual(['not deployed']);
  });
});
