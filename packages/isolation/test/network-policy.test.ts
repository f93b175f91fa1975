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
    expect(waysOut([deny], pod, { host: METADATA, port: null })).toEqual([]);
    expect(waysOut([deny, block('10.0.0.0/8')], pod, { host: METADATA, port: null })).toEqual([]);
    expect(
      waysOut([deny, block('0.0.0.0/0', ['169.254.0.0/16'])], pod, { host: METADATA, port: null }),
    ).toEqual([]);
  });

  test('name what lets it out', () => {
    expect(waysOut([], pod, { host: METADATA, port: null })).toEqual([
      'no policy holds its egress',
    ]);
    expect(waysOut([deny, block('0.0.0.0/0')], pod, { host: METADATA, port: null })).toEqual([
      'NetworkPolicy block',
    ]);
    expect(
      waysOut([deny, block('169.254.169.254/32')], pod, { host: METADATA, port: null }),
    ).toHaveLength(1);
    const all = policy('all', { podSelector: {}, policyTypes: ['Egress'], egress: [{}] });
    expect(waysOut([deny, all], pod, { host: METADATA, port: null })).toEqual([
      'NetworkPolicy all',
    ]);
  });

  test('open one port and not the next', () => {
    const ports = [{ port: 5432 }, { port: 8000, endPort: 8010 }, { port: 'web' }];
    const ways = (some: readonly object[], port: number) =>
      waysOut(
        [
          deny,
          policy('some', { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: some }] }),
        ],
        pod,
        { host: '10.20.0.1', port },
      );
    const [one, range] = ports.map((port) => [port]);
    expect(ways(one ?? [], 5432)).toEqual(['NetworkPolicy some']);
    expect(ways(one ?? [], 5433)).toEqual([]);
    expect([7999, 8000, 8010, 8011].map((port) => ways(range ?? [], port).length)).toEqual([
      0, 1, 1, 0,
    ]);
    // What a name stands for is the pod's to say.
    expect(ways(ports, 9)).toHaveLength(1);
  });

  test('are those of the pod alone', () => {
    const other = policy('other', {
      podSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] },
      policyTypes: ['Egress'],
      egress: [{}],
    });
    expect(waysOut([deny, other], pod, { host: METADATA, port: null })).toEqual([]);
  });
});
