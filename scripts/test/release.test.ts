import { expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { type KubeObject, parseManifest, parseRecords, type Release } from '@tenantry/plan';
import { readReleaseRecords } from '../lib/cluster/records.ts';
import { recordsToDelete } from '../lib/deploy/vcluster-release.ts';
import { fakeApi } from './helpers/fake-api.ts';

const PLACE = { name: 'tenant-alice', namespace: 'vcluster-tenant-alice' };
const deployed: Release = {
  revision: 1,
  status: 'deployed',
  chart: 'vcluster-0.36.0',
  values: { a: { b: 1, c: 2 } },
  objects: [],
  digest: 'sha256:1',
};
test('what Helm must not read is deleted first, and so is a pending revision', () => {
  const refused = [{ secret: 'sh.helm.release.v1.tenant-alice.v9', why: 'it names Namespace bob' }];
  const pending = { ...deployed, revision: 3, status: 'pending-install' };
  expect(recordsToDelete({ newest: deployed, refused: [] }, PLACE)).toEqual([]);
  expect(recordsToDelete({ newest: pending, refused }, PLACE)).toEqual([
    'sh.helm.release.v1.tenant-alice.v9',
    'sh.helm.release.v1.tenant-alice.v3',
  ]);
});

test('a rendered object is in its release unless it says otherwise or is of the whole cluster', () => {
  const manifest = [
    '---\n# Source: a\napiVersion: v1\nkind: Service\nmetadata: {name: a}',
    '---\napiVersion: v1\nkind: Service\nmetadata: {name: b, namespace: other}',
    '---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: c}',
    '---\n# nothing',
  ].join('\n');
  expect(parseManifest(manifest, 'ours').map(({ metadata }) => metadata)).toEqual([
    { name: 'a', namespace: 'ours' },
    { name: 'b', namespace: 'other' },
    { name: 'c' },
  ]);
});

const STATEFUL_SET = 'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: tenant-alice}';

function record(changes: object = {}, revision = 1, name = ''): KubeObject {
  const release = {
    name: PLACE.name,
    namespace: PLACE.namespace,
    version: revision,
    info: { status: 'deployed', notes: 'x' },
    chart: { metadata: { name: 'vcluster', version: '0.36.0' }, templates: [] },
    config: { a: 1 },
    manifest: STATEFUL_SET,
    ...changes,
  };
  return secret(gzipSync(JSON.stringify(release)), revision, name);
}

function secret(packed: Buffer, revision = 1, name = ''): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: name || `sh.helm.release.v1.tenant-alice.v${revision}`,
      namespace: PLACE.namespace,
    },
    data: { release: Buffer.from(packed.toString('base64')).toString('base64') },
  };
}

test('the newest of the records is the release', () => {
  const records = parseRecords([record({}, 9), record({}, 10), record({}, 1)], PLACE);
  expect(records.refused).toEqual([]);
  expect(records.newest).toMatchObject({
    revision: 10,
    status: 'deployed',
    chart: 'vcluster-0.36.0',
    values: { a: 1 },
    objects: [{ kind: 'StatefulSet', metadata: PLACE }],
  });
  expect(parseRecords([], PLACE)).toEqual({ newest: null, refused: [] });
});

test('a record has another digest as soon as anything in it is another', () => {
  const digest = (changes: object) => parseRecords([record(changes)], PLACE).newest?.digest;
  expect(digest({})).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(digest({})).toBe(digest({}));
  expect(digest({ info: { status: 'deployed' } })).not.toBe(digest({}));
});

const object = (apiVersion: string, kind: string, metadata: string) => ({
  manifest: `${STATEFUL_SET}\n---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {${metadata}}`,
});
const RBAC = 'rbac.authorization.k8s.io/v1';

test.each([
  ['a Namespace', object('v1', 'Namespace', 'name: bob'), 'it names Namespace bob'],
  ["the tenant's Namespace", object('v1', 'Namespace', 'name: vcluster-tenant-alice'), 'it names'],
  ['another ClusterRole', object(RBAC, 'ClusterRole', 'name: cluster-admin'), 'cluster-admin'],
  [
    "Bob's ClusterRole",
    object(RBAC, 'ClusterRole', 'name: vc-tenant-bob-v-vcluster-tenant-bob'),
    'it names',
  ],
  [
    "Bob's Service",
    object('v1', 'Service', 'name: tenant-bob, namespace: vcluster-tenant-bob'),
    'vcluster-tenant-bob/tenant-bob',
  ],
  [
    'a policy of ours',
    object('networking.k8s.io/v1', 'NetworkPolicy', 'name: default-deny'),
    'NetworkPolicy',
  ],
  ['a quota of ours', object('v1', 'ResourceQuota', 'name: tenant-alice'), 'ResourceQuota'],
  [
    'an admission policy',
    object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', 'name: tenantry-pods'),
    'it names',
  ],
  [
    'a namespaced kind made to look cluster-wide',
    object('v1', 'ClusterService', 'name: a'),
    'it names',
  ],
  ['a volume', object('v1', 'PersistentVolumeClaim', 'name: data-tenant-alice-0'), 'it names'],
  [
    'a list',
    { manifest: 'apiVersion: v1\nkind: List\nmetadata: {name: tenant-alice}\nitems: []' },
    'it names List',
  ],
  ['another namespace', { namespace: 'kube-system' }, 'it is of release kube-system/tenant-alice'],
  ['another name', { name: 'tenant-bob' }, 'it is of release'],
  ['another revision', { version: 7 }, 'it is of revision 7'],
  ['a hook', { hooks: [{ name: 'x', manifest: 'kind: Job' }] }, 'it has hooks'],
  ['aliases that grow', { manifest: 'a: &a [x]\nb: &b [*a, *a]\nkind: *b' }, 'it cannot be read'],
  ['an object without a name', { manifest: 'apiVersion: v1\nkind: Service' }, 'it cannot be read'],
  ['a large manifest', { manifest: '#'.repeat(1024 * 1024 + 1) }, 'its manifest is too large'],
  ['no manifest', { manifest: null }, 'it cannot be read'],
])('a record with %s is refused', (_what, changes, why) => {
  const { newest, refused } = parseRecords([record({}, 1), record(changes, 2)], PLACE);
  expect(newest?.revision).toBe(1);
  expect(refused).toEqual([
    { secret: 'sh.helm.release.v1.tenant-alice.v2', why: expect.stringContaining(why) },
  ]);
});

test.each([
  ['no release', { ...record(), data: {} }],
  ['no gzip', secret(Buffer.from('{}'))],
  ['no JSON', secret(gzipSync('{{'))],
  ['a bomb', secret(gzipSync(Buffer.alloc(33 * 1024 * 1024)))],
  ['another name', record({}, 1, 'sh.helm.release.v1.tenant-alice.v2')],
])('a Secret with %s is refused', (_what, bad) => {
  const { newest, refused } = parseRecords([bad], PLACE);
  expect(newest).toBeNull();
  expect(refused).toHaveLength(1);
});

test('records that cannot be read are an error, not absence', async () => {
  const client = {
    ...fakeApi().client,
    send: () => Promise.reject(new Error('Unable to connect to the server')),
  };
  await expect(readReleaseRecords(client, PLACE)).rejects.toThrow('Unable to connect');
});
