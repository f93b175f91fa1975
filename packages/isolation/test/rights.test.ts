import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '@tenantry/plan';
import { EVERYBODY, grantsBeyond, grantsTo, rightsBeyond, type Subject } from '../src/rights.ts';
import { SYNCER_RIGHTS } from '../src/syncer-rights.ts';

const SYNCER: Subject = {
  kind: 'User',
  name: 'system:serviceaccount:vcluster-tenant-alice:vc-tenant-alice',
};
const KNOWN: Subject = { kind: 'Group', name: 'system:authenticated' };

const object = (kind: string, name: string, namespace: string | null, rest: object) =>
  ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name, ...(namespace !== null && { namespace }) },
    ...rest,
  }) as KubeObject;

const roles = [
  object('ClusterRole', 'view', null, {
    rules: [{ verbs: ['get', 'list'], apiGroups: ['', 'apps'], resources: ['pods'] }],
  }),
  object('ClusterRole', 'discovery', null, {
    rules: [{ verbs: ['get'], nonResourceURLs: ['/api', '/healthz'] }],
  }),
  object('Role', 'own', 'vcluster-tenant-alice', {
    rules: [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'] }],
  }),
  object('Role', 'own', 'vcluster-tenant-bob', {
    rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  }),
];
const account = (id: string) => ({
  kind: 'ServiceAccount',
  name: `vc-tenant-${id}`,
  namespace: `vcluster-tenant-${id}`,
});
const bind = (
  kind: string,
  name: string,
  namespace: string | null,
  [roleKind, roleName]: [string, string],
  subjects: object[],
) => object(kind, name, namespace, { roleRef: { kind: roleKind, name: roleName }, subjects });
const own = bind(
  'RoleBinding',
  'own',
  'vcluster-tenant-alice',
  ['Role', 'own'],
  [account('alice')],
);
const inside = { namespace: 'vcluster-tenant-alice', rights: SYNCER_RIGHTS };

function beyond(subject: Subject, ...bindings: KubeObject[]): readonly string[] {
  return grantsBeyond(grantsTo(subject, { roles, bindings }), EVERYBODY, inside);
}

describe('rights that roles and bindings give', () => {
  test('are none beyond the table where the syncer has its own Role and everybody sees versions', () => {
    const everybody = bind('ClusterRoleBinding', 'd', null, ['ClusterRole', 'discovery'], [KNOWN]);
    expect(beyond(SYNCER, own, everybody)).toEqual([]);
    expect(beyond(KNOWN, own, everybody)).toEqual([]);
  });

  test.each<[string, Subject, KubeObject, string]>([
    [
      'to the syncer, in another tenant’s namespace',
      SYNCER,
      bind('RoleBinding', 'x', 'vcluster-tenant-bob', ['Role', 'own'], [account('alice')]),
      'RoleBinding vcluster-tenant-bob/x: * */* in vcluster-tenant-bob',
    ],
    [
      'to the syncer, everywhere',
      SYNCER,
      bind('ClusterRoleBinding', 'x', null, ['ClusterRole', 'view'], [account('alice')]),
      'ClusterRoleBinding x: get pods, get apps/pods, list pods, list apps/pods in every namespace',
    ],
    [
      'to the syncer by name as a user',
      SYNCER,
      bind('ClusterRoleBinding', 'x', null, ['ClusterRole', 'view'], [SYNCER]),
      'ClusterRoleBinding x: get pods, get apps/pods, list pods, list apps/pods in every namespace',
    ],
    [
      'to the syncer, more in its own namespace',
      SYNCER,
      bind(
        'RoleBinding',
        'x',
        'vcluster-tenant-alice',
        ['ClusterRole', 'view'],
        [account('alice')],
      ),
      'RoleBinding vcluster-tenant-alice/x: get apps/pods, list apps/pods in vcluster-tenant-alice',
    ],
    [
      'to everybody',
      KNOWN,
      bind('ClusterRoleBinding', 'x', null, ['ClusterRole', 'view'], [KNOWN]),
      'ClusterRoleBinding x: get pods, get apps/pods, list pods, list apps/pods in every namespace',
    ],
  ])('%s are named', (_, subject, binding, expected) => {
    expect(beyond(subject, own, binding)).toEqual([expected]);
  });

  test('of others do not count', () => {
    const bobs = bind(
      'RoleBinding',
      'own',
      'vcluster-tenant-bob',
      ['Role', 'own'],
      [account('bob')],
    );
    expect(beyond(SYNCER, own, bobs)).toEqual([]);
  });
});

test('rights are what goes beyond asking about oneself', () => {
  const self = {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  };
  expect(rightsBeyond({ resourceRules: [self] }, EVERYBODY)).toEqual([]);
  const read = { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] };
  expect(rightsBeyond({ resourceRules: [self, read] }, EVERYBODY)).toEqual([
    'get secrets',
    'list secrets',
  ]);
  const others = { ...self, resources: ['subjectaccessreviews'] };
  expect(rightsBeyond({ resourceRules: [others] }, EVERYBODY)).toHaveLength(1);
  const metrics = { verbs: ['get'], nonResourceURLs: ['/metrics'] };
  expect(rightsBeyond({ nonResourceRules: [metrics] }, EVERYBODY)).toEqual(['get /metrics']);
});
