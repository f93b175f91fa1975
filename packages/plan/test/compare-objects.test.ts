import { describe, expect, test } from '@jest/globals';
import { comparable, differences } from '../src/compare-objects.ts';
import type { KubeObject } from '../src/kube-object.ts';

function object(kind: string, name: string, rest: object = {}, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'default', ...metadata }, ...rest };
}

describe('a restored cluster is the archived one', () => {
  const diary = object('ConfigMap', 'diary', { data: { entry: 'x' } }, { uid: '1' });

  test('where every object is as it was, whatever its version, status and time of reading', () => {
    const later = { ...diary, metadata: { ...diary.metadata, resourceVersion: '9' }, status: {} };
    expect(differences([diary], [later, object('ConfigMap', 'more')])).toEqual([]);
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
    expect(differences([diary], restored)).toEqual([line]);
  });

  test('addresses are the host’s to give; what is behind them is not', () => {
    const service = (clusterIP: string, port: number, nodePort: number) =>
      object(
        'Service',
        's',
        { spec: { clusterIP, ports: [{ port, nodePort }] } },
        { uid: clusterIP },
      );
    expect(differences([service('10.0.0.1', 80, 30001)], [service('10.0.0.2', 80, 30002)])).toEqual(
      [],
    );
    expect(differences([service('10.0.0.1', 80, 30001)], [service('10.0.0.1', 81, 30001)])).toEqual(
      ['v1 Service default/s differs in spec'],
    );
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
    expect(comparable([one])).toHaveLength(compared ? 1 : 0);
  });
});
