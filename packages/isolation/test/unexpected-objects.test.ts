import { describe, expect, test } from '@jest/globals';
import type { ObservedObject } from '../src/objects.ts';
import { unexpectedObjects } from '../src/unexpected-objects.ts';

const object = (
  kind: string,
  name: string,
  metadata: object = {},
  rest: object = {},
): ObservedObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, uid: `${kind}/${name}`, ...metadata },
  ...rest,
});

describe('unexpected objects in a namespace', () => {
  const helm = { annotations: { 'meta.helm.sh/release-name': 'tenant-alice' } };
  const synced = { labels: { 'vcluster.loft.sh/managed-by': 'tenant-alice' } };
  const ownedBy = (uid: string) => ({ ownerReferences: [{ uid }] });
  const family = [
    object('StatefulSet', 'tenant-alice', helm),
    object('Pod', 'tenant-alice-0', ownedBy('StatefulSet/tenant-alice')),
    object('Pod', 'app-x-default-x-tenant-alice', synced),
    object('Secret', 'app-token', ownedBy('Pod/app-x-default-x-tenant-alice')),
    object('Secret', 'sh.helm.release.v1.tenant-alice.v3'),
    object('PersistentVolumeClaim', 'data-tenant-alice-0'),
    object('ConfigMap', 'kube-root-ca.crt'),
    object('ConfigMap', 'tenantry-inventory'),
    object('NetworkPolicy', 'default-deny'),
  ];
  const declared = [object('NetworkPolicy', 'default-deny')];

  test('are none where all belongs to the one vcluster', () => {
    expect(unexpectedObjects(family, 'alice', declared)).toEqual([]);
  });

  test('are named, and what they own with them', () => {
    const found = unexpectedObjects(
      [
        ...family,
        object('Deployment', 'miner'),
        object('Pod', 'miner-1', ownedBy('Deployment/miner')),
        object('NetworkPolicy', 'allow-all'),
        object('Pod', 'bobs', { labels: { 'vcluster.loft.sh/managed-by': 'tenant-bob' } }),
      ],
      'alice',
      declared,
    );
    expect(found).toEqual([
      'Deployment/miner',
      'NetworkPolicy/allow-all',
      'Pod/bobs',
      'Pod/miner-1',
    ]);
  });
});
