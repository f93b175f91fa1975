import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../src/kube-object.ts';
import { hostnamesOf, routeFaults } from '../src/route.ts';

const parentRef = { group: 'gateway.networking.k8s.io', namespace: 'gateway', name: 'public' };

function condition(type: string, status: string, observedGeneration = 2): object {
  return { type, status, observedGeneration, reason: 'Why', message: 'because' };
}

function route(conditions: readonly object[], others: readonly object[] = []): KubeObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'tenant-alice', namespace: 'vcluster-tenant-alice', generation: 2 },
    spec: { parentRefs: [parentRef], hostnames: ['alice.example'] },
    status: { parents: [...others, { parentRef, conditions }] },
  };
}

describe('a route is waited for', () => {
  test('no more, once it is accepted and leads somewhere', () => {
    const good = [condition('Accepted', 'True'), condition('ResolvedRefs', 'True')];
    expect(routeFaults(route(good))).toEqual([]);
  });

  test.each([
    ['while nobody has looked at it', [], 'Gateway gateway/public says nothing of Accepted yet'],
    [
      'while what is said is about the route before',
      [condition('Accepted', 'True', 1), condition('ResolvedRefs', 'True')],
      'Gateway gateway/public says nothing of Accepted yet',
    ],
    [
      'where the Gateway refuses it',
      [condition('Accepted', 'False'), condition('ResolvedRefs', 'True')],
      'Gateway gateway/public: not Accepted: Why: because',
    ],
    [
      'where what it leads to is not there',
      [condition('Accepted', 'True'), condition('ResolvedRefs', 'False')],
      'Gateway gateway/public: not ResolvedRefs: Why: because',
    ],
  ])('%s', (_, conditions, fault) => {
    expect(routeFaults(route(conditions))).toContain(fault);
  });

  test('while only another Gateway has taken it', () => {
    const good = [condition('Accepted', 'True'), condition('ResolvedRefs', 'True')];
    const other = { parentRef: { ...parentRef, name: 'other' }, conditions: good };
    expect(routeFaults(route([], [other]))).not.toEqual([]);
    expect(routeFaults(route(good, [{ ...other, conditions: [] }]))).toEqual([]);
  });

  test('while it has no status at all', () => {
    const { status: _, ...fresh } = route([]);
    expect(routeFaults(fresh as KubeObject)).toEqual([
      'Gateway gateway/public has not taken tenant-alice yet',
    ]);
  });
});

test('a tenant has the names of its route', () => {
  const policy: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } };
  expect(hostnamesOf([policy, route([])])).toEqual(['alice.example']);
});
