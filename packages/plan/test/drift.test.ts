import { expect, test } from '@jest/globals';
import { driftedObjects } from '../src/drift.ts';
import type { KubeObject } from '../src/kube-object.ts';

function configMap(resourceVersion: string, data: object, extra: object = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'tenant-id', namespace: 'default', uid: 'u', resourceVersion, ...extra },
    data,
  };
}

test('a dry run differs only where content does', () => {
  const live = [configMap('1', { NAME: 'Alice' })];
  const same = configMap(
    '2',
    { NAME: 'Alice' },
    { managedFields: [{ manager: 'x' }], generation: 7 },
  );
  expect(driftedObjects(live, [same])).toEqual([]);
  expect(driftedObjects(live, [configMap('1', { NAME: 'Bob' })])).toEqual([
    'v1 ConfigMap default/tenant-id',
  ]);
});

test('an object that is gone has drifted', () => {
  expect(driftedObjects([], [configMap('', {})])).toEqual(['v1 ConfigMap default/tenant-id']);
});

test('a status is not content', () => {
  const live = [{ ...configMap('1', {}), status: { phase: 'Active' } }];
  expect(driftedObjects(live, [configMap('1', {})])).toEqual([]);
});
