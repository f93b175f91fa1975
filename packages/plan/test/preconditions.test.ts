import { describe, expect, test } from '@jest/globals';
import { immutableChanges, obstacleTo } from '../src/preconditions.ts';
import type { KubeObject } from '../src/kube-object.ts';

const statefulSet = (claim: object = {}, spec: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'tenant-alice' },
  spec: {
    podManagementPolicy: 'Parallel',
    volumeClaimTemplates: [
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '2Gi' } },
          ...claim,
        },
      },
    ],
    ...spec,
  },
});

const values = (volumeClaim: object, scheduling: object = {}) => ({
  controlPlane: {
    statefulSet: {
      persistence: { volumeClaim: { size: '2Gi', retentionPolicy: 'Delete', ...volumeClaim } },
      scheduling,
    },
  },
});

const namespace = (metadata: object = {}, status: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'vcluster-tenant-alice', ...metadata },
  status,
});

const CLAIM = 'controlPlane.statefulSet.persistence.volumeClaim';

describe('a living control plane', () => {
  test.each([
    ['is absent', undefined, values({ storageClass: 'fast' })],
    ['is as wanted', statefulSet(), values({})],
    ['says the same size otherwise', statefulSet(), values({ size: '2048Mi' })],
    [
      'has the class wanted',
      statefulSet({ storageClassName: 'fast' }),
      values({ storageClass: 'fast' }),
    ],
    ['has none, and none is wanted', statefulSet(), values({ storageClass: '' })],
    [
      'gets other values',
      statefulSet(),
      values({ retentionPolicy: 'Retain' }, { nodeSelector: { a: 'b' } }),
    ],
  ])('that %s is no obstacle', (_what, live, wanted) => {
    expect(immutableChanges(live, wanted)).toEqual([]);
  });

  test.each([
    [`${CLAIM}.storageClass`, '', 'standard', statefulSet(), values({ storageClass: 'standard' })],
    [`${CLAIM}.storageClass`, 'fast', '', statefulSet({ storageClassName: 'fast' }), values({})],
    [`${CLAIM}.size`, '2Gi', '3Gi', statefulSet(), values({ size: '3Gi' })],
    [`${CLAIM}.size`, '2Gi', '5Gi', statefulSet(), values({ size: undefined })],
    [
      `${CLAIM}.accessModes`,
      'ReadWriteOnce',
      'ReadWriteMany',
      statefulSet(),
      values({ accessModes: ['ReadWriteMany'] }),
    ],
    [
      'controlPlane.statefulSet.scheduling.podManagementPolicy',
      'Parallel',
      'OrderedReady',
      statefulSet(),
      values({}, { podManagementPolicy: 'OrderedReady' }),
    ],
  ])('cannot change %s from "%s" to "%s"', (value, live, wanted, object, next) => {
    expect(immutableChanges(object, next)).toEqual([{ value, live, wanted }]);
  });
});

test('what cannot be changed is said with its value, what lives, what is wanted and what to do', () => {
  const tenant = { id: 'alice', values: values({ storageClass: 'standard' }) };
  expect(obstacleTo(tenant, { namespace: namespace(), statefulSet: statefulSet() })).toEqual({
    what: 'the control plane of alice cannot be changed so; nothing was written',
    why: `${CLAIM}.storageClass is the cluster's default, and dist/ wants "standard": Kubernetes never changes the volume of a StatefulSet that lives`,
    todo: 'set it back in tenants.json and run pnpm synth; to move the tenant to it, do so, then pnpm offboard alice, change it, and pnpm restore alice --from its archive',
  });
  const same = { id: 'alice', values: values({}) };
  expect(obstacleTo(same, { namespace: namespace(), statefulSet: statefulSet() })).toBeNull();
  expect(obstacleTo(same, { namespace: undefined, statefulSet: undefined })).toBeNull();
});

test('a namespace that is being deleted is called so, with what holds it up', () => {
  const tenant = { id: 'alice', values: values({}) };
  const ending = namespace(
    { deletionTimestamp: '2026-11-25T18:00:00Z' },
    {
      conditions: [
        { type: 'NamespaceFinalizersRemaining', status: 'True', message: 'foo in 1 resource' },
        { type: 'NamespaceDeletionDiscoveryFailure', status: 'False', message: 'all fine' },
      ],
    },
  );
  expect(obstacleTo(tenant, { namespace: ending, statefulSet: statefulSet() })).toMatchObject({
    what: 'namespace vcluster-tenant-alice is being deleted, since 2026-11-25T18:00:00Z',
    why: 'NamespaceFinalizersRemaining: foo in 1 resource',
  });
});
