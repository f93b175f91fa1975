import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../src/kube-object.ts';
import type { WantedTenant } from '../src/wanted.ts';
import { lifeDrifts } from '../src/pause-drift.ts';
import { tenantStatuses } from '../src/tenant-status.ts';

function statefulSet(id: string, replicas: number, annotations = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: `tenant-${id}`, namespace: `vcluster-tenant-${id}`, annotations },
    spec: { replicas },
  };
}

function pod(id: string, name: string, owners?: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-x-shop-x-tenant-${id}`,
      namespace: `vcluster-tenant-${id}`,
      labels: { 'vcluster.loft.sh/managed-by': `tenant-${id}` },
      annotations: {
        'vcluster.loft.sh/object-name': name,
        'vcluster.loft.sh/object-namespace': 'shop',
        ...(owners !== undefined && { 'vcluster.loft.sh/owner-references': owners }),
      },
    },
  };
}

const controlPlane: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'tenant-alice-0', namespace: 'vcluster-tenant-alice' },
};

const active = { id: 'alice', state: 'active' } as const;
const paused = { id: 'alice', state: 'paused' } as const;
const offboarding = { id: 'alice', state: 'offboarding' } as const;

test.each([
  ['active and running', active, [statefulSet('alice', 1)]],
  // Its replicas are put right with the chart's other objects.
  ['active and at zero', active, [statefulSet('alice', 0)]],
  ['paused and at zero', paused, [statefulSet('alice', 0)]],
  ['paused and not deployed', paused, []],
  ['paused beside a neighbour who runs', paused, [statefulSet('bob', 1), pod('bob', 'job')]],
])('%s: nothing to settle', (_, tenant, seen) => {
  expect(lifeDrifts([tenant], seen)).toEqual([]);
});

test.each([paused, offboarding])('$state, but running: its bare pods are named', (tenant) => {
  const seen = [
    statefulSet('alice', 1),
    controlPlane,
    pod('alice', 'web', '[{"kind":"ReplicaSet"}]'),
    pod('alice', 'zz'),
    pod('alice', 'migration'),
    pod('bob', 'job'),
  ];
  expect(lifeDrifts([tenant], seen)).toEqual([
    { id: 'alice', running: true, foreign: [], barePods: ['shop/migration', 'shop/zz'] },
  ]);
});

test.each([active, paused])("$state: the notes of somebody's `vcluster pause` go", (tenant) => {
  const notes = { 'loft.sh/paused-replicas': '1', 'loft.sh/paused': 'true', other: '' };
  expect(lifeDrifts([tenant], [statefulSet('alice', 0, notes)])).toEqual([
    {
      id: 'alice',
      running: false,
      foreign: ['loft.sh/paused', 'loft.sh/paused-replicas'],
      barePods: [],
    },
  ]);
});

describe('status', () => {
  const dist: WantedTenant = {
    id: 'alice',
    state: 'active',
    image: 'tenantry/whoami:new',
    chartVersion: '0.36.0',
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
