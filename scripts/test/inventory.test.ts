import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  EMPTY_RECORD,
  inventoryObject,
  inventoryOf,
  isOnHost,
  objectOf,
  outlastingNamespace,
  parseFormerInventory,
  parseInventory,
  referenceOf,
  toPrune,
  union,
} from '@tenantry/plan';
import { readRecord, removeRecord } from '../lib/cluster/records.ts';
import { createNotes } from '../lib/deploy/notes.ts';
import { readTenants } from '../lib/dist/read.ts';
import { synthDist } from '../lib/dist/synth.ts';
import { apiError, type FakeApi, fakeApi } from './helpers/fake-api.ts';
import { tempWorkspace } from './helpers/temp-workspace.ts';

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
  metadata: { name: 'fixture-app', namespace: 'default' },
};
const EMPTY = { host: [], virtual: [], release: null };

/** What a hostile record names; none of it may be deleted. */
const FOREIGN = [
  'v1 Namespace kube-system',
  'v1 Namespace vcluster-tenant-alice',
  'v1 Namespace vcluster-tenant-alice/vcluster-tenant-bob',
  'networking.k8s.io/v1 NetworkPolicy vcluster-tenant-bob/default-deny',
  'networking.k8s.io/v1 NetworkPolicy default-deny',
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding tenantry-pods',
  'v1 Secret vcluster-tenant-alice/vc-tenant-alice',
  'v1 PersistentVolumeClaim vcluster-tenant-alice/data-tenant-alice-0',
  'apps/v1 StatefulSet vcluster-tenant-alice/tenant-alice',
  'v1 ResourceQuota vcluster-tenant-alice/../vcluster-tenant-bob/q',
  'v1 ResourceQuota vcluster-tenant-alice/q\tv1 Namespace bob',
  'v1 ResourceQuota  vcluster-tenant-alice/q',
  'v1 List vcluster-tenant-alice/q',
  'gateway.networking.k8s.io/v1beta1 ReferenceGrant tenantry-system/tenant-bob',
  'gateway.networking.k8s.io/v1 HTTPRoute vcluster-tenant-bob/tenant-bob',
  '--all',
];

test('an inventory names objects, and never a namespace, which would take all with it', () => {
  expect(inventoryOf([namespace, quota], [app])).toEqual({
    host: ['v1 ResourceQuota vcluster-tenant-alice/q'],
    virtual: ['apps/v1 Deployment default/fixture-app'],
    release: null,
  });
});

test('it comes back from its ConfigMap as it went in', () => {
  for (const release of [null, 'sha256:a']) {
    const inventory = inventoryOf([quota], [app], release);
    expect(parseInventory(inventoryObject('alice', inventory))).toEqual(inventory);
  }
  expect(parseInventory(undefined)).toEqual(EMPTY);
});

test("it lies outside of the tenant's namespace", () => {
  expect(inventoryObject('alice', EMPTY).metadata).toMatchObject({
    name: 'inventory-alice',
    namespace: 'tenantry-system',
  });
});

test('a reference names its object again', () => {
  expect([quota, app, namespace].map((object) => objectOf(referenceOf(object)))).toEqual([
    quota,
    app,
    namespace,
  ]);
  expect(() => objectOf('--all')).toThrow('names no object');
});

test('what was there and is not any more is pruned; the union forgets nothing', () => {
  const a = 'v1 ResourceQuota vcluster-tenant-alice/a';
  const b = 'v1 ResourceQuota vcluster-tenant-alice/b';
  const old = { host: [a, b], virtual: ['v1 ConfigMap default/x'], release: 'sha256:1' };
  const current = { host: [b], virtual: ['v1 ConfigMap default/y'], release: null };
  expect(toPrune('alice', old, current)).toEqual({
    host: [a],
    virtual: ['v1 ConfigMap default/x'],
    refused: [],
  });
  expect(union(old, current)).toEqual({
    host: [a, b],
    virtual: ['v1 ConfigMap default/x', 'v1 ConfigMap default/y'],
    release: 'sha256:1',
  });
});

test.each(FOREIGN)('no record makes deploy prune %j', (reference) => {
  const pruning = toPrune('alice', { ...EMPTY, host: [reference] }, EMPTY);
  expect(pruning).toEqual({ host: [], virtual: [], refused: [reference] });
  const data = { host: reference, virtual: reference };
  const former = parseFormerInventory('alice', { ...quota, kind: 'ConfigMap', data });
  expect(former).toEqual({ inventory: EMPTY, refused: [reference, reference] });
});

test('every object that dist/ has for a tenant may be pruned when it leaves dist/', async () => {
  const place = tempWorkspace();
  place.tenants(
    JSON.stringify({
      host: { gateway: { namespace: 'gateway', name: 'public' }, domain: 'tenants.example.com' },
      tenants: [{ id: 'alice', name: 'Alice' }],
    }),
  );
  await synthDist(place, () => {});
  for (const { id, hostObjects, virtualObjects } of readTenants(place.dist)) {
    const all = inventoryOf(hostObjects, virtualObjects);
    expect(all.host.filter((reference) => !isOnHost(id, reference))).toEqual([]);
    expect(toPrune(id, all, EMPTY).refused).toEqual([]);
    // Of the virtual side a former inventory has no kind that came later.
    const former = inventoryObject(id, { ...all, virtual: [] });
    expect(parseFormerInventory(id, former).refused).toEqual([]);
  }
  place.remove();
});

test('what lies in our own namespace for a tenant does not end with the tenant’s', () => {
  const grant = 'gateway.networking.k8s.io/v1beta1 ReferenceGrant tenantry-system/tenant-alice';
  expect(outlastingNamespace('alice', { ...EMPTY, host: [...FOREIGN, grant] })).toEqual([grant]);
});

describe('the stored record', () => {
  const former = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'tenantry-inventory', namespace: 'vcluster-tenant-alice' },
    data: { host: [referenceOf(quota), 'v1 Namespace kube-system'].join('\n'), virtual: '' },
  };
  let host: FakeApi;
  beforeEach(() => {
    host = fakeApi();
    for (const name of ['tenantry-system', 'vcluster-tenant-alice'])
      host.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  });

  test('that cannot be read is an error, not an empty one', async () => {
    const client = { ...host.client, send: () => Promise.reject(apiError(403, 'Forbidden')) };
    await expect(readRecord(client, 'alice')).rejects.toThrow('Forbidden');
  });

  test('is taken before one in the namespace of the tenant', async () => {
    host.put(former);
    host.put(inventoryObject('alice', inventoryOf([], [], 'sha256:1')));
    expect(await readRecord(host.client, 'alice')).toMatchObject({
      inventory: { host: [], virtual: [], release: 'sha256:1' },
      former: false,
    });
  });

  test('moves out of the namespace of the tenant with what can be believed', async () => {
    host.put(former);
    const record = await readRecord(host.client, 'alice');
    expect(record).toMatchObject({
      inventory: { ...EMPTY, host: [referenceOf(quota)] },
      former: true,
      refused: ['v1 Namespace kube-system'],
    });
    await createNotes(host.client, 'alice', record).store(record.inventory);
    expect(host.writes).toEqual([
      'PATCH v1 Namespace tenantry-system',
      'PATCH v1 ConfigMap tenantry-system/inventory-alice',
      `DELETE ${referenceOf(former)}`,
    ]);
    expect((await readRecord(host.client, 'alice')).inventory).toEqual(record.inventory);
  });

  test('is not written again where nothing changed, and goes with its tenant', async () => {
    host.put(inventoryObject('alice', inventoryOf([quota], [app])));
    const record = await readRecord(host.client, 'alice');
    await createNotes(host.client, 'alice', record).store(inventoryOf([quota], [app]));
    expect(host.writes).toEqual([]);
    await removeRecord(host.client, 'alice');
    expect(await readRecord(host.client, 'alice')).toEqual(EMPTY_RECORD);
  });
});
