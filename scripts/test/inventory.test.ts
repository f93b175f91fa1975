import { expect, test } from '@jest/globals';
import {
  inventoryObject,
  inventoryOf,
  objectOf,
  parseInventory,
  surplus,
  union,
} from '../lib/deploy/inventory.ts';
import { referenceOf } from '../lib/tools/kubectl.ts';

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'vcluster-tenant-alice' },
};
const quota = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q', namespace: 'vcluster-tenant-alice' },
};
const app = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'simple-app', namespace: 'default' },
};

test('an inventory names objects, and never a namespace, which would take all with it', () => {
  expect(inventoryOf([namespace, quota], [app])).toEqual({
    host: ['v1 ResourceQuota vcluster-tenant-alice/q'],
    virtual: ['apps/v1 Deployment default/simple-app'],
  });
});

test('it comes back from its ConfigMap as it went in', () => {
  const inventory = inventoryOf([quota], [app]);
  expect(parseInventory(inventoryObject('alice', inventory))).toEqual(inventory);
  expect(parseInventory(undefined)).toEqual({ host: [], virtual: [] });
});

test('a reference names its object again', () => {
  expect([quota, app, namespace].map((object) => objectOf(referenceOf(object)))).toEqual([
    quota,
    app,
    namespace,
  ]);
});

test('surplus is what was there and is not any more; the union forgets nothing', () => {
  const old = { host: ['a', 'b'], virtual: ['x'] };
  const current = { host: ['b', 'c'], virtual: ['x'] };
  expect(surplus(old, current)).toEqual({ host: ['a'], virtual: [] });
  expect(union(old, current)).toEqual({ host: ['a', 'b', 'c'], virtual: ['x'] });
});
