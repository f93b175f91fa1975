import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { KubeObject } from '@tenantry/plan';
import { describeEnded, PAUSE_TIMEOUT_SECONDS } from '../lib/deploy/pause-tenant.ts';
import { FORCE_AFTER_SECONDS, POD_GRACE_SECONDS, podEnd, podsOf } from '../lib/kube/pod-end.ts';

const ELEVEN_DAYS = 11 * 24 * 3600;

function pod(name: string, metadata: object = {}, spec: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec };
}

const going = (deletionGracePeriodSeconds: number) => ({
  deletionTimestamp: '2026-01-01T00:00:00Z',
  deletionGracePeriodSeconds,
});

describe('the end of a pod', () => {
  test.each([
    ['as long as it asks for', pod('p', {}, { terminationGracePeriodSeconds: 3 }), 3],
    ['the default where it says nothing', pod('p'), POD_GRACE_SECONDS],
    ['no 11 days', pod('p', {}, { terminationGracePeriodSeconds: ELEVEN_DAYS }), POD_GRACE_SECONDS],
    ['nor where its end has begun so', pod('p', going(ELEVEN_DAYS)), POD_GRACE_SECONDS],
  ])('takes %s', (_, one, grace) => {
    expect(podEnd([one], 0)).toEqual({ deletions: new Map([[grace, ['p']]]), finalized: [] });
  });

  test('is not asked for twice, and finalizers of one that ends in time are left alone', () => {
    const ending = pod('p', { ...going(30), finalizers: ['example.com/x'] });
    expect(podEnd([ending], FORCE_AFTER_SECONDS - 1)).toEqual({
      deletions: new Map(),
      finalized: [],
    });
  });

  test('is certain for every pod, whatever it says of itself', () => {
    const anyPod = fc
      .record({
        metadata: fc.record(
          {
            labels: fc.dictionary(fc.string(), fc.string()),
            finalizers: fc.array(fc.string(), { minLength: 1 }),
            deletionTimestamp: fc.constant('2026-01-01T00:00:00Z'),
            deletionGracePeriodSeconds: fc.nat(),
            ownerReferences: fc.array(fc.record({ uid: fc.string(), controller: fc.boolean() })),
          },
          { requiredKeys: [] },
        ),
        spec: fc.record({ terminationGracePeriodSeconds: fc.nat() }, { requiredKeys: [] }),
      })
      .map(({ metadata, spec }) => pod('p', metadata, spec));
    fc.assert(
      fc.property(anyPod, (one) => {
        const {
          finalizers = [],
          deletionTimestamp,
          deletionGracePeriodSeconds = 0,
        } = one.metadata as {
          finalizers?: string[];
          deletionGracePeriodSeconds?: number;
        } & typeof one.metadata;
        const { deletions, finalized } = podEnd([one], FORCE_AFTER_SECONDS);
        const isDeletedAtOnce = deletions.get(0)?.includes('p') ?? false;
        const wasDeletedAtOnce =
          deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0;
        expect(isDeletedAtOnce || wasDeletedAtOnce).toBe(true);
        expect(finalized).toEqual(finalizers.length > 0 ? ['p'] : []);
        for (const grace of podEnd([one], 0).deletions.keys()) {
          expect(grace).toBeLessThanOrEqual(POD_GRACE_SECONDS);
        }
      }),
    );
  });
});

test('a pod of the control plane is known by its owner, not by its labels', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 's', uid: 'u' } };
  const labels = { app: 'vcluster', release: 's' };
  const by = (uid: string, controller: boolean) => ({ ownerReferences: [{ uid, controller }] });
  const own = pod('s-0', by('u', true));
  const others = [
    pod('forged', { labels }),
    pod('other', by('v', true)),
    pod('not-controlled', by('u', false)),
  ];
  expect(podsOf(owner, [own, ...others])).toEqual([own]);
  expect(podsOf(undefined, [own])).toEqual([]);
});

test('what was done by force is said', () => {
  expect(describeEnded({ deleted: 0, forced: [] })).toEqual([]);
  expect(describeEnded({ deleted: 3, forced: ['x', 'y'] }).map(({ text }) => text)).toEqual([
    '3 pods deleted',
    'deleted by force, with their finalizers: x, y',
  ]);
  expect(PAUSE_TIMEOUT_SECONDS).toBeLessThanOrEqual(125);
});
