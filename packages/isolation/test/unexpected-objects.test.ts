import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '@tenantry/plan';
import { type Expected, unexpectedObjects, virtualUids } from '../src/unexpected-objects.ts';

const object = (
  kind: string,
  name: string,
  metadata: object = {},
  rest: object = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, uid: `${kind}/${name}`, ...metadata },
  ...rest,
});
const marked = (name: string, uid: string) => ({
  labels: { 'vcluster.loft.sh/managed-by': 'tenant-alice' },
  annotations: {
    'vcluster.loft.sh/object-namespace': 'default',
    'vcluster.loft.sh/object-name': name,
    'vcluster.loft.sh/object-uid': uid,
  },
});
const ownedBy = (uid: string) => ({ ownerReferences: [{ uid }] });

const SYNCED = 'app-x-default-x-tenant-alice';
const FAMILY = [
  object('StatefulSet', 'tenant-alice'),
  object('Pod', 'tenant-alice-0', ownedBy('StatefulSet/tenant-alice')),
  object('Pod', SYNCED, marked('app', 'inside-1')),
  object('Secret', 'app-token', ownedBy(`Pod/${SYNCED}`)),
  object('Secret', 'sh.helm.release.v1.tenant-alice.v3'),
  object('Secret', 'vc-tenant-alice'),
  object('PersistentVolumeClaim', 'data-tenant-alice-0'),
  object('ConfigMap', 'kube-root-ca.crt'),
  object('NetworkPolicy', 'default-deny'),
];
const EXPECTED: Expected = {
  id: 'alice',
  declared: [
    object('NetworkPolicy', 'default-deny'),
    object('StatefulSet', 'tenant-alice'),
    object('Secret', 'vc-tenant-alice'),
  ],
  virtual: virtualUids('Pod', [object('Pod', 'app', { namespace: 'default', uid: 'inside-1' })]),
  compared: new Set(['Pod']),
};

function found(...more: KubeObject[]): readonly string[] {
  return unexpectedObjects([...FAMILY, ...more], EXPECTED);
}

describe('in a tenant’s namespace', () => {
  test('nothing is unexpected where all belongs to the one vcluster', () => {
    expect(found()).toEqual([]);
  });

  test('the quota under which a tenant is offboarded is ours, as long as it only takes away', () => {
    const quota = (hard: object) =>
      object('ResourceQuota', 'tenantry-alone', {}, { spec: { hard } });
    expect(found(quota({ pods: '1' }))).toEqual([]);
    expect(found(quota({ pods: '100' }))).toEqual(['ResourceQuota/tenantry-alone']);
  });

  test.each<[string, KubeObject, string]>([
    ['a Deployment', object('Deployment', 'miner'), 'Deployment/miner'],
    [
      'an inventory, which lies elsewhere',
      object('ConfigMap', 'tenantry-inventory'),
      'ConfigMap/tenantry-inventory',
    ],
    ['a policy', object('NetworkPolicy', 'allow-all'), 'NetworkPolicy/allow-all'],
    [
      'a pod of another tenant',
      object('Pod', 'bobs', { labels: { 'vcluster.loft.sh/managed-by': 'tenant-bob' } }),
      'Pod/bobs',
    ],
    [
      'a pod with forged marks',
      object('Pod', 'miner', marked('miner', 'nowhere')),
      'Pod/miner (unknown to the virtual cluster)',
    ],
    [
      'a pod that says it is another one',
      object('Pod', 'miner', marked('app', 'nowhere')),
      'Pod/miner (unknown to the virtual cluster)',
    ],
    [
      'a pod marked without a uid',
      object('Pod', 'miner', { labels: marked('', '').labels }),
      'Pod/miner (unknown to the virtual cluster)',
    ],
    [
      'a pod that the StatefulSet is said to own',
      object('Pod', 'tenant-alice-1', ownedBy('StatefulSet/tenant-alice')),
      'Pod/tenant-alice-1',
    ],
    [
      'a pod that a synced pod is said to own',
      object('Pod', 'miner', ownedBy(`Pod/${SYNCED}`)),
      'Pod/miner',
    ],
    [
      'a RoleBinding with forged marks',
      object('RoleBinding', 'helpful', marked('app', 'inside-1')),
      'RoleBinding/helpful (marked as synced, which this kind never is)',
    ],
    [
      'a RoleBinding said to be the release’s',
      object('RoleBinding', 'helpful', {
        annotations: { 'meta.helm.sh/release-name': 'tenant-alice' },
      }),
      'RoleBinding/helpful',
    ],
    [
      'a second pod for one counterpart',
      object('Pod', 'twice', marked('app', 'inside-1')),
      `Pod/${SYNCED} (another object has the same counterpart)`,
    ],
  ])('%s is named', (_, stranger, name) => {
    expect(found(stranger)).toContain(name);
  });

  test('marks are believed where the virtual cluster was not asked', () => {
    const miner = object('Pod', 'miner', marked('miner', 'nowhere'));
    expect(unexpectedObjects([...FAMILY, miner], { ...EXPECTED, virtual: null })).toEqual([]);
  });
});
