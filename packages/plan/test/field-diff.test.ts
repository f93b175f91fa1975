import { expect, test } from '@jest/globals';
import { contentOf, hashOf } from '../src/content.ts';
import { fieldChanges } from '../src/field-diff.ts';
import { living, object } from './fixture.ts';

test.each([
  ['a value', { a: { b: 1 } }, { a: { b: 2 } }, [{ path: 'a.b', from: 1, to: 2 }]],
  ['a field that is new', {}, { a: 1 }, [{ path: 'a', to: 1 }]],
  ['a field that is gone', { a: 1 }, {}, [{ path: 'a', from: 1 }]],
  ['a key with dots', { 'x.y/z': 1 }, { 'x.y/z': 2 }, [{ path: '"x.y/z"', from: 1, to: 2 }]],
  [
    'an element by its name, wherever it stands',
    [
      { name: 'a', v: 1 },
      { name: 'b', v: 1 },
    ],
    [
      { name: 'b', v: 2 },
      { name: 'a', v: 1 },
    ],
    [{ path: '[b].v', from: 1, to: 2 }],
  ],
  [
    'an element without a name',
    [1, 2],
    [1, 3, 4],
    [
      { path: '[1]', from: 2, to: 3 },
      { path: '[2]', to: 4 },
    ],
  ],
  ['another type', { a: [1] }, { a: { b: 1 } }, [{ path: 'a', from: [1], to: { b: 1 } }]],
  ['nothing', { a: [{ name: 'x' }], b: null }, { b: null, a: [{ name: 'x' }] }, []],
])('%s differs', (_, from, to, changes) => {
  expect(fieldChanges(from, to)).toEqual(changes);
});

test('status, versions and what controllers note are no content', () => {
  const wanted = object('Deployment', 'a', { spec: { replicas: 1 } });
  const annotations = { 'deployment.kubernetes.io/revision': '3' };
  const live = living(wanted, {}, { annotations, managedFields: [], generation: 4 });
  expect(contentOf(live, wanted)).toEqual(wanted);
});

test('what a cluster fills in is content only where it is stated', () => {
  const ports = [{ port: 443, nodePort: 30_000 }];
  const service = object('Service', 'a', { spec: { clusterIP: '10.0.0.1', ports } });
  expect(contentOf(service)['spec']).toEqual({ ports: [{ port: 443 }] });
  expect(contentOf(service, service)['spec']).toEqual({ clusterIP: '10.0.0.1', ports });
});

test('a hash is the same whatever the order of keys, and another where a value is', () => {
  expect(hashOf({ a: 1, b: [{ c: 1, d: 2 }], e: undefined })).toBe(
    hashOf({ b: [{ d: 2, c: 1 }], a: 1 }),
  );
  expect(hashOf({ a: [1, 2] })).not.toBe(hashOf({ a: [2, 1] }));
});
