import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '@tenantry/plan';
import { differences, isCompared } from '../lib/offboard/compare-objects.ts';
import { clusterRolesOf, leftoversOf } from '../lib/offboard/leftovers.ts';
import { createIndex } from '../lib/offboard/object-index.ts';
import { unboundClaim } from '../lib/offboard/renew-claims.ts';

function object(kind: string, name: string, rest: object = {}, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'default', ...metadata }, ...rest };
}

/** The fingerprints of objects, by reference. */
function indexed(objects: readonly KubeObject[]) {
  const index = createIndex();
  for (const each of objects) index.add(each);
  return index.fingerprints;
}

const compare = (archived: readonly KubeObject[], restored: readonly KubeObject[]) =>
  differences(indexed(archived), indexed(restored));

describe('a restored cluster is the archived one', () => {
  const diary = object('ConfigMap', 'diary', { data: { entry: 'x' } }, { uid: '1' });

  test('where every object is as it was, whatever its version, status and time of reading', () => {
    const later = { ...diary, metadata: { ...diary.metadata, resourceVersion: '9' }, status: {} };
    expect(compare([diary], [later, object('ConfigMap', 'more')])).toEqual([]);
  });

  test.each([
    ['missing', [], 'v1 ConfigMap default/diary is missing'],
    ['changed', [{ ...diary, data: {} }], 'v1 ConfigMap default/diary differs in data'],
    [
      'another one of that name',
      [object('ConfigMap', 'diary', { data: { entry: 'x' } }, { uid: '2' })],
      'v1 ConfigMap default/diary differs in metadata.uid',
    ],
    [
      'labelled otherwise',
      [object('ConfigMap', 'diary', { data: { entry: 'x' } }, { uid: '1', labels: { a: 'b' } })],
      'v1 ConfigMap default/diary differs in metadata.labels',
    ],
  ])('and not where one is %s', (_, restored, line) => {
    expect(compare([diary], restored)).toEqual([line]);
  });

  test('addresses are the host’s to give; what is behind them is not', () => {
    const service = (clusterIP: string, port: number, nodePort: number) =>
      object(
        'Service',
        's',
        { spec: { clusterIP, ports: [{ port, nodePort }] } },
        { uid: clusterIP },
      );
    expect(compare([service('10.0.0.1', 80, 30001)], [service('10.0.0.2', 80, 30002)])).toEqual([]);
    expect(compare([service('10.0.0.1', 80, 30001)], [service('10.0.0.1', 81, 30001)])).toEqual([
      'v1 Service default/s differs in spec',
    ]);
  });

  test('an object may be nested as deep as an API server takes it', () => {
    const nested = (leaf: string) =>
      object('Widget', 'w', {
        spec: JSON.parse(`${'{"a":'.repeat(9_990)}${leaf}${'}'.repeat(9_990)}`) as object,
      });
    expect(compare([nested('1')], [nested('1')])).toEqual([]);
    expect(compare([nested('1')], [nested('2')])).toEqual(['v1 Widget default/w differs in spec']);
  });

  test('the order of keys is none of a difference, that of a list is', () => {
    const of = (data: object) => [object('ConfigMap', 'c', { data })];
    expect(compare(of({ a: 1, b: [1, 2] }), of({ b: [1, 2], a: 1 }))).toEqual([]);
    expect(compare(of({ b: [1, 2] }), of({ b: [2, 1] }))).toHaveLength(1);
    expect(compare(of({ a: '1' }), of({ a: 1 }))).toHaveLength(1);
  });

  const owned = { ownerReferences: [{ controller: true }] };
  const managed = (label: string) => ({ labels: { [label]: 'x' } });
  test.each([
    [object('Event', 'e'), false],
    [object('ConfigMap', 'kube-root-ca.crt'), false],
    [object('Secret', 'kube-root-ca.crt'), true],
    [object('Pod', 'p', {}, owned), false],
    [object('Pod', 'p'), true],
    [object('ReplicaSet', 'r', {}, owned), true],
    [object('Endpoints', 'kubernetes'), false],
    [object('Endpoints', 'hand-made'), true],
    [object('EndpointSlice', 's', {}, managed('endpointslice.kubernetes.io/managed-by')), false],
    [object('APIService', 'a', {}, managed('kube-aggregator.kubernetes.io/automanaged')), false],
    [object('APIService', 'a'), true],
    [object('ConfigMap', 'going', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }), false],
    [object('PersistentVolume', 'v', {}, { annotations: { 'vcluster.loft.sh/x': '' } }), false],
  ])('$kind $metadata.name: compared is %s', (one, compared) => {
    expect(isCompared(one)).toBe(compared);
  });
});

test('leftovers are what bears the tenant’s name, and nobody else’s', () => {
  const mine = [
    object('Namespace', 'vcluster-tenant-alice'),
    object('Namespace', 'vcluster-tenant--alice'),
    object('PersistentVolume', 'a', { spec: { claimRef: { namespace: 'vcluster-tenant-alice' } } }),
    object('ClusterRole', 'vc-tenant-alice-v-vcluster-tenant-alice'),
    object('StorageClass', 's', {}, { labels: { 'tenantry.dev/tenant': 'alice' } }),
  ];
  const others = [
    object('Namespace', 'vcluster-tenant-alice-2'),
    object('PersistentVolume', 'b', { spec: { claimRef: { namespace: 'vcluster-tenant-bob' } } }),
    object('ClusterRole', 'vc-tenant-bob-v-vcluster-tenant-bob'),
    object('Node', 'alice'),
  ];
  expect(leftoversOf('alice', [...mine, ...others])).toEqual(mine);
});

test('of ClusterRoles those go with a tenant that the host says were made for it', () => {
  const made = (kind: string, name: string, namespace: string) =>
    object(kind, name, {}, { annotations: { 'meta.helm.sh/release-namespace': namespace } });
  const objects = [
    made('ClusterRole', 'vc-tenant-alice-v-vcluster-tenant-alice', 'vcluster-tenant-alice'),
    made('ClusterRoleBinding', 'vc-tenant-alice-v-vcluster-tenant-alice', 'vcluster-tenant-alice'),
    made('ClusterRole', 'vc-tenant-bob-v-vcluster-tenant-bob', 'vcluster-tenant-bob'),
    made('Namespace', 'kube-system', 'vcluster-tenant-alice'),
    object('ClusterRole', 'cluster-admin'),
  ];
  const names = clusterRolesOf(['vcluster-tenant-alice'], objects).map(
    ({ kind, metadata }) => `${kind} ${metadata.name}`,
  );
  expect(names).toEqual([
    'ClusterRole vc-tenant-alice-v-vcluster-tenant-alice',
    'ClusterRoleBinding vc-tenant-alice-v-vcluster-tenant-alice',
  ]);
});

test('a claim is made anew as its owner wrote it', () => {
  const spec = { accessModes: ['ReadWriteOnce'], volumeName: 'pvc-1' };
  const annotations = { mine: 'x', 'pv.kubernetes.io/bind-completed': 'yes' };
  const ownerReferences = [{ kind: 'StatefulSet', uid: '1' }];
  const bound = object(
    'PersistentVolumeClaim',
    'notes',
    { spec, status: { phase: 'Bound' } },
    {
      uid: '2',
      resourceVersion: '3',
      annotations,
      ownerReferences,
    },
  );
  expect(unboundClaim(bound)).toEqual({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: 'notes',
      namespace: 'default',
      labels: {},
      annotations: { mine: 'x' },
      ownerReferences,
    },
    spec: { accessModes: ['ReadWriteOnce'] },
  });
});
