import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '@tenantry/plan';
import { waysOut } from '../src/network-policy.ts';

const METADATA = '169.254.169.254';

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

describe('the rules about the cloud’s metadata', () => {
  const pod = object('Pod', 'probe', { labels: { app: 'probe' } });
  const policy = (name: string, spec: object) => object('NetworkPolicy', name, {}, { spec });
  const deny = policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  const block = (cidr: string, except: string[] = []) =>
    policy('block', {
      podSelector: { matchLabels: { app: 'probe' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr, except } }] }],
    });

  test('refuse it where nothing lets it out', () => {
    expect(waysOut([deny], pod, METADATA)).toEqual([]);
    expect(waysOut([deny, block('10.0.0.0/8')], pod, METADATA)).toEqual([]);
    expect(waysOut([deny, block('0.0.0.0/0', ['169.254.0.0/16'])], pod, METADATA)).toEqual([]);
  });

  test('name what lets it out', () => {
    expect(waysOut([], pod, METADATA)).toEqual(['no policy holds its egress']);
    expect(waysOut([deny, block('0.0.0.0/0')], pod, METADATA)).toEqual(['NetworkPolicy block']);
    expect(waysOut([deny, block('169.254.169.254/32')], pod, METADATA)).toHaveLength(1);
    const all = policy('all', { podSelector: {}, policyTypes: ['Egress'], egress: [{}] });
    expect(waysOut([deny, all], pod, METADATA)).toEqual(['NetworkPolicy all']);
  });

  test('are those of the pod alone', () => {
    const other = policy('other', {
      podSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] },
      policyTypes: ['Egress'],
      egress: [{}],
    });
    expect(waysOut([deny, other], pod, METADATA)).toEqual([]);
  });
});
