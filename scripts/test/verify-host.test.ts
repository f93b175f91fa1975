import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../lib/tools/kubectl.ts';
import { answerOf } from '../lib/kube/api-client.ts';
import { fateOf } from '../lib/verify/sync-results.ts';
import { waysOut } from '../lib/verify/network-policy.ts';
import { outcomeOfCall, outcomeOfCreate, outcomeOfRead } from '../lib/verify/api-outcome.ts';
import { rightsOf } from '../lib/verify/rules.ts';
import { strangers } from '../lib/verify/unexpected-objects.ts';

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

describe('strangers in a namespace', () => {
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
    object('NetworkPolicy', 'default-deny'),
  ];
  const declared = [object('NetworkPolicy', 'default-deny')];

  test('are none where all belongs to the one vcluster', () => {
    expect(strangers(family, 'alice', declared)).toEqual([]);
  });

  test('are named, and what they own with them', () => {
    const found = strangers(
      [
        ...family,
        object('Deployment', 'miner'),
        object('ConfigMap', 'tenantry-inventory'),
        object('Pod', 'miner-1', ownedBy('Deployment/miner')),
        object('NetworkPolicy', 'allow-all'),
        object('Pod', 'bobs', { labels: { 'vcluster.loft.sh/managed-by': 'tenant-bob' } }),
      ],
      'alice',
      declared,
    );
    expect(found).toEqual([
      'ConfigMap/tenantry-inventory',
      'Deployment/miner',
      'NetworkPolicy/allow-all',
      'Pod/bobs',
      'Pod/miner-1',
    ]);
  });
});

test('rights are what goes beyond asking about oneself', () => {
  const self = {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  };
  expect(rightsOf({ resourceRules: [self] })).toEqual([]);
  const read = { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] };
  expect(rightsOf({ resourceRules: [self, read] })).toEqual(['get,list secrets']);
  const others = { ...self, resources: ['subjectaccessreviews'] };
  expect(rightsOf({ resourceRules: [others] })).toHaveLength(1);
});

describe('what a server says', () => {
  const status = (code: number, message: string) => answerOf(code, JSON.stringify({ message }));

  test.each([
    [201, '', 'allowed'],
    [403, 'pods "x" is forbidden: violates PodSecurity', 'refused'],
    [422, "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no", 'refused'],
    [422, 'Pod "x" is invalid: spec.containers: Required value', null],
    [409, 'pods "x" already exists', null],
    [500, 'etcdserver: request timed out', null],
  ])('to a creation, %i %s is %s', (code, message, seen) => {
    expect(outcomeOfCreate('id', status(code, message)).seen).toBe(seen);
  });

  test.each([
    [200, 'allowed'],
    [401, 'refused'],
    [403, 'refused'],
    [404, null],
    [503, null],
  ])('to a read, %i is %s', (code, seen) => {
    expect(outcomeOfRead('id', status(code, '')).seen).toBe(seen);
  });

  test.each([
    ['dial tcp 10.0.0.1:443: connect: connection refused', 'refused'],
    ['context deadline exceeded', 'refused'],
    ['http: server gave HTTP response to HTTPS client', 'allowed'],
    ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'allowed'],
    ['no endpoints available for service "x"', null],
  ])('of an address that it was to call, %s, is %s', (message, seen) => {
    expect(outcomeOfCall('id', message).seen).toBe(seen);
  });

  test('in other words than JSON is a message', () => {
    expect(answerOf(502, 'Bad Gateway\n')).toMatchObject({ ok: false, message: '502 Bad Gateway' });
    expect(answerOf(200, 'Hello')).toMatchObject({ ok: true, message: 'Hello' });
  });
});

describe('the fate of what was made for real', () => {
  const probe = {
    id: 'alice/hostile/inside/over-quota',
    kind: 'hostile',
    tenant: 'alice',
    attempt: '',
    expected: 'refused',
    twins: [],
  } as const;
  const made = { probe, object: object('Pod', 'big') };
  const event = {
    ...object('Event', 'e'),
    reason: 'SyncError',
    message: 'exceeded quota',
    involvedObject: { kind: 'Pod', name: 'big' },
  };

  test('is open on the host, refused by the syncer’s word, and unknown otherwise', () => {
    const there = new Map([['Pod/big', object('Pod', 'big-x')]]);
    expect(fateOf(made, there, []).outcome.seen).toBe('allowed');
    expect(fateOf(made, new Map(), [event]).outcome).toMatchObject({
      seen: 'refused',
      detail: 'exceeded quota',
    });
    expect(fateOf(made, new Map(), []).outcome.seen).toBeNull();
    expect(fateOf({ ...made, hasEffect: () => false }, there, []).outcome.seen).toBe('refused');
  });
});
