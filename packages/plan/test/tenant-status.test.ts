import { expect, test } from '@jest/globals';
import { LAST_WAVE } from '@tenantry/tenants';
import type { KubeObject } from '../src/kube-object.ts';
import { tenantStatuses } from '../src/tenant-status.ts';
import type { WantedTenant } from '../src/wanted.ts';

const alice: WantedTenant = {
  id: 'alice',
  state: 'active',
  images: { app: 'tenantry/app:new' },
  chartVersion: '0.36.0',
  wave: LAST_WAVE,
  hostObjects: [],
  virtualObjects: [],
  values: {},
};

function seen(id: string, replicas: number, image = 'tenantry/app:new'): readonly KubeObject[] {
  const namespace = `vcluster-tenant-${id}`;
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        creationTimestamp: '2026-11-23T10:00:00Z',
        labels: { 'tenantry.dev/tenant': id },
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: `tenant-${id}`, namespace, labels: { chart: 'vcluster-0.36.0' } },
      spec: { replicas },
      status: { readyReplicas: replicas },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'fixture-app', namespace },
      spec: { containers: [{ image }] },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    },
  ];
}

test('a tenant that is as dist/ says has no drift', () => {
  expect(tenantStatuses([alice], seen('alice', 1))).toEqual([
    {
      id: 'alice',
      wanted: 'active',
      seen: 'running',
      version: '0.36.0',
      hostnames: [],
      pods: { ready: 1, all: 1 },
      since: '2026-11-23T10:00:00Z',
      drift: [],
    },
  ]);
});

test.each([
  ['not deployed', alice, []],
  ['chart 0.36.0, not 0.37.0', { ...alice, chartVersion: '0.37.0' }, seen('alice', 1)],
  ['runs tenantry/app:old, not tenantry/app:new', alice, seen('alice', 1, 'tenantry/app:old')],
  [
    'runs localhost:5000/cache@sha256:b, not localhost:5000/cache@sha256:a',
    { ...alice, images: { ...alice.images, cache: 'localhost:5000/cache@sha256:a' } },
    seen('alice', 1, 'localhost:5000/cache@sha256:b'),
  ],
])('drift: %s', (drift, tenant, objects) => {
  expect(tenantStatuses([tenant], objects)[0]?.drift).toEqual([drift]);
});

test('what a rollout has just replaced, and still ends, is no drift', () => {
  const [old] = seen('alice', 1, 'tenantry/app:old').slice(2) as [KubeObject];
  const metadata = { ...old.metadata, name: 'old', deletionTimestamp: '2026-11-25T10:00:00Z' };
  const objects = [...seen('alice', 1), { ...old, metadata }];
  expect(tenantStatuses([alice], objects)[0]?.drift).toEqual([]);
});

test('two images of one repository are no drift of each other', () => {
  const images = { old: 'tenantry/app:old', new: 'tenantry/app:new' };
  expect(tenantStatuses([{ ...alice, images }], seen('alice', 1))[0]?.drift).toEqual([]);
});

test('what is live and not in dist/ comes last, as an orphan', () => {
  const statuses = tenantStatuses(
    [alice],
    [...seen('zoe', 1), ...seen('alice', 1), ...seen('aaron', 1)],
  );
  expect(statuses.map(({ id, wanted }) => [id, wanted])).toEqual([
    ['alice', 'active'],
    ['aaron', 'none'],
    ['zoe', 'none'],
  ]);
  expect(statuses[1]?.drift).toEqual(['orphan: live, but not in dist/']);
});

test('what deploy would refuse is drift: a namespace on its way out, a field that never changes', () => {
  const [namespace, statefulSet, pod] = seen('alice', 1) as [KubeObject, KubeObject, KubeObject];
  const ending: KubeObject = {
    ...namespace,
    metadata: { ...namespace.metadata, deletionTimestamp: '2026-11-25T10:00:00Z' },
  };
  const storage = { resources: { requests: { storage: '2Gi' } }, storageClassName: 'fast' };
  const spec = {
    replicas: 1,
    volumeClaimTemplates: [{ spec: { accessModes: ['ReadWriteOnce'], ...storage } }],
  };
  const volumeClaim = { size: '2Gi', storageClass: 'slow' };
  const values = { controlPlane: { statefulSet: { persistence: { volumeClaim } } } };
  const live = [ending, { ...statefulSet, spec }, pod];
  expect(tenantStatuses([{ ...alice, values }], live)[0]?.drift).toEqual([
    'namespace is being deleted',
    'deploy refuses: controlPlane.statefulSet.persistence.volumeClaim.storageClass is "fast", not "slow"',
  ]);
});
