import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '../src/kube-object.ts';
import type { Subject, TenantVersion } from '../src/risks/risk.ts';
import { risksOf } from '../src/risks/risks-of.ts';
import { RISK_RULES } from '../src/risks/rules.ts';

type Fields = Readonly<Record<string, unknown>>;

function object(kind: string, fields: Fields = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name: 'a', namespace: 'n' }, ...fields };
}

const objects = (before: KubeObject | null, after: KubeObject | null): Subject => ({
  kind: 'object',
  before,
  after,
  isNew: false,
});
const update = (kind: string, before: Fields, after: Fields): Subject =>
  objects(object(kind, before), object(kind, after));
const spec = (kind: string, before: Fields, after: Fields): Subject =>
  update(kind, { spec: before }, { spec: after });
const values = (before: unknown, after: unknown): Subject => ({ kind: 'values', before, after });
const tenant = (
  before: Partial<TenantVersion> | null,
  after: Partial<TenantVersion> | null,
): Subject => {
  const whole = (version: Partial<TenantVersion> | null) =>
    version && { state: 'active' as const, chartVersion: '0.36.0', ...version };
  return { kind: 'tenant', before: whole(before), after: whole(after) };
};

const found = (rule: string, subject: Subject) =>
  risksOf('x', subject)
    .filter((risk) => risk.rule === rule)
    .map(({ what }) => what);

/** What breaks a rule, as its `what` says, and what does not. */
interface Examples {
  readonly breaks: readonly (readonly [what: string, subject: Subject])[];
  readonly keeps: readonly Subject[];
}

const container = (fields: Fields = {}) => ({
  name: 'app',
  image: 'app:1.2',
  securityContext: { allowPrivilegeEscalation: false },
  ...fields,
});
const SAFE = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
const pods = (pod: Fields, own: Fields = {}) => ({
  template: { spec: { securityContext: SAFE, containers: [container(own)], ...pod } },
});
const k8s = (tag: string) => ({ controlPlane: { distro: { k8s: { image: { tag } } } } });
const claim = (storageClass?: string) => ({
  controlPlane: { statefulSet: { persistence: { volumeClaim: { storageClass } } } },
});
const BLOCK = { ipBlock: { cidr: '10.0.0.0/8', except: ['10.9.0.0/16'] } };
const egress = (...rules: readonly Fields[]) => ({ policyTypes: ['Egress'], egress: rules });
const rule = (verbs: readonly string[], resources = ['pods'], more: Fields = {}) => ({
  rules: [{ apiGroups: [''], resources, verbs, ...more }],
});
const account = (name: string) => ({ kind: 'ServiceAccount', name, namespace: 'n' });
const validations = (...expressions: readonly string[]) => ({
  validations: expressions.map((expression) => ({ expression })),
});

const EXAMPLES: Readonly<Record<string, Examples>> = {
  end: {
    breaks: [
      ['it is no longer in dist/', tenant({}, null)],
      ['paused → offboarding', tenant({ state: 'paused' }, { state: 'offboarding' })],
    ],
    keeps: [
      tenant(null, { state: 'offboarding' }),
      tenant({ state: 'offboarding' }, { state: 'offboarding' }),
    ],
  },
  deletion: {
    breaks: ['Namespace', 'PersistentVolumeClaim', 'Secret'].map((kind) => [
      'it is deleted',
      objects(object(kind), null),
    ]),
    keeps: [objects(object('ConfigMap'), null), objects(null, object('Secret'))],
  },
  'isolation-loosened': {
    breaks: [
      ['it is deleted', objects(object('NetworkPolicy'), null)],
      ['it is deleted', objects(object('ValidatingAdmissionPolicyBinding'), null)],
      [
        'Egress with anybody on any port is new',
        spec('NetworkPolicy', egress({ to: [BLOCK] }), egress({})),
      ],
      [
        'Egress with {"ipBlock":{"cidr":"10.0.0.0/8"}} on any port is new',
        spec(
          'NetworkPolicy',
          egress({ to: [BLOCK] }),
          egress({ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }),
        ),
      ],
      [
        'Egress with anybody on TCP 443 is new',
        spec(
          'NetworkPolicy',
          egress({ ports: [{ port: 80 }] }),
          egress({ ports: [{ port: 443 }] }),
        ),
      ],
      [
        'it says nothing of Egress any more',
        spec('NetworkPolicy', egress(), { policyTypes: ['Ingress'] }),
      ],
      [
        'it selects other pods',
        spec('NetworkPolicy', egress(), { ...egress(), podSelector: { matchLabels: { a: 'b' } } }),
      ],
      [
        'Egress with anybody on any port is new',
        objects(null, object('NetworkPolicy', { spec: egress({}) })),
      ],
      [
        '1 of its validations changed or gone',
        spec('ValidatingAdmissionPolicy', validations('a', 'b'), validations('a', 'c')),
      ],
      [
        '1 of its match conditions changed or new',
        spec('ValidatingAdmissionPolicy', {}, { matchConditions: [{ expression: 'false' }] }),
      ],
      [
        'what it cannot judge passes',
        spec('ValidatingAdmissionPolicy', { failurePolicy: 'Fail' }, { failurePolicy: 'Ignore' }),
      ],
      [
        '1 of its resource rules changed or gone',
        spec('ValidatingAdmissionPolicy', { matchConstraints: { resourceRules: [{ a: 1 }] } }, {}),
      ],
      [
        'it does not Deny any more',
        spec(
          'ValidatingAdmissionPolicyBinding',
          { validationActions: ['Deny'] },
          { validationActions: ['Audit'] },
        ),
      ],
      ['pods has no limit any more', spec('ResourceQuota', { hard: { pods: 1 } }, { hard: {} })],
      [
        'policies.networkPolicy.enabled is off',
        values({ policies: { networkPolicy: { enabled: true } } }, {}),
      ],
    ],
    keeps: [
      { ...objects(null, object('NetworkPolicy', { spec: egress({}) })), isNew: true } as Subject,
      spec(
        'NetworkPolicy',
        egress({ to: [BLOCK, { podSelector: {} }], ports: [{ port: 80, endPort: 90 }] }),
        egress(
          { to: [{ ipBlock: { cidr: '10.1.0.0/16' } }], ports: [{ port: 81 }] },
          { to: [{ podSelector: {} }], ports: [{ port: 90, protocol: 'TCP' }] },
        ),
      ),
      spec('ValidatingAdmissionPolicy', validations('a'), validations('b', 'a')),
      spec('ResourceQuota', { hard: { pods: 1 } }, { hard: { pods: 2 } }),
      objects(object('ConfigMap'), null),
    ],
  },
  'pod-security-lowered': {
    breaks: [
      [
        'metadata.labels.pod-security.kubernetes.io/enforce: restricted → baseline',
        update(
          'Namespace',
          {
            metadata: { name: 'n', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
          },
          { metadata: { name: 'n', labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } } },
        ),
      ],
      [
        'policies.podSecurityStandard: baseline → none',
        values({ policies: { podSecurityStandard: 'baseline' } }, {}),
      ],
      ['hostNetwork', spec('Deployment', pods({}), pods({ hostNetwork: true }))],
      [
        'hostPath /',
        spec('StatefulSet', pods({}), pods({ volumes: [{ name: 'a', hostPath: { path: '/' } }] })),
      ],
      [
        'app is privileged; app may gain privileges',
        spec('DaemonSet', pods({}), pods({}, { securityContext: { privileged: true } })),
      ],
      [
        'app may run as root; app has no seccomp',
        spec('Deployment', pods({}), pods({ securityContext: {} })),
      ],
    ],
    keeps: [
      spec('Deployment', pods({ hostNetwork: true }), pods({})),
      spec('Deployment', pods({ hostNetwork: true }), pods({ hostNetwork: true })),
      values({}, { policies: { podSecurityStandard: 'baseline' } }),
    ],
  },
  'rbac-widened': {
    breaks: [
      ['delete pods', update('Role', rule(['get']), rule(['get', 'delete']))],
      [
        'get pods',
        update('Role', rule(['get'], ['pods'], { resourceNames: ['a'] }), rule(['get'])),
      ],
      ['* *', update('ClusterRole', rule(['get', 'list']), rule(['*'], ['*']))],
      ['get pods', objects(null, object('Role', rule(['get'])))],
      [
        'bound to ServiceAccount n/b',
        update(
          'RoleBinding',
          { subjects: [account('a')] },
          { subjects: [account('a'), account('b')] },
        ),
      ],
      [
        'another role',
        update('RoleBinding', { roleRef: { name: 'a' } }, { roleRef: { name: 'b' } }),
      ],
      [
        'create pods/exec',
        values(
          { rbac: { role: { overwriteRules: rule(['get']).rules } } },
          {
            rbac: {
              role: {
                overwriteRules: [...rule(['get']).rules, ...rule(['create'], ['pods/exec']).rules],
              },
            },
          },
        ),
      ],
    ],
    keeps: [
      update('Role', rule(['*'], ['*']), rule(['get', 'delete'], ['pods', 'secrets'])),
      update('Role', rule(['get'], ['pods', 'secrets']), rule(['get'])),
      update(
        'RoleBinding',
        { subjects: [account('a'), account('b')] },
        { subjects: [account('b')] },
      ),
      { ...objects(null, object('Role', rule(['*']))), isNew: true } as Subject,
    ],
  },
  'volume-class-changed': {
    breaks: [
      [
        "controlPlane.statefulSet.persistence.volumeClaim.storageClass: the cluster's default → fast",
        values(claim(), claim('fast')),
      ],
      [
        'spec.storageClassName: slow → fast',
        spec('PersistentVolumeClaim', { storageClassName: 'slow' }, { storageClassName: 'fast' }),
      ],
      [
        'data: slow → fast',
        spec(
          'StatefulSet',
          {
            volumeClaimTemplates: [
              { metadata: { name: 'data' }, spec: { storageClassName: 'slow' } },
            ],
          },
          {
            volumeClaimTemplates: [
              { metadata: { name: 'data' }, spec: { storageClassName: 'fast' } },
            ],
          },
        ),
      ],
    ],
    keeps: [values(claim(), claim('')), values(null, claim('fast'))],
  },
  'version-lowered': {
    breaks: [
      ['vcluster 0.36.0 → 0.35.9', tenant({}, { chartVersion: '0.35.9' })],
      ['Kubernetes v1.36.3 → v1.35.0', values(k8s('v1.36.3'), k8s('v1.35.0'))],
    ],
    keeps: [tenant({ chartVersion: '0.36.1' }, {}), values(k8s('v1.35.0'), k8s('v1.36.3'))],
  },
  'minor-skipped': {
    breaks: [
      ['vcluster 0.36.0 → 0.38.0', tenant({}, { chartVersion: '0.38.0' })],
      ['vcluster 0.36.0 → 1.0.0', tenant({}, { chartVersion: '1.0.0' })],
      ['Kubernetes v1.34.0 → v1.36.3', values(k8s('v1.34.0'), k8s('v1.36.3'))],
    ],
    keeps: [
      tenant({}, { chartVersion: '0.37.2' }),
      values(k8s('v1.36.0'), k8s('v1.36.3')),
      values({}, k8s('v1.36.3')),
    ],
  },
  'immutable-field': {
    breaks: [
      ['spec.selector', spec('Deployment', { selector: { a: 1 } }, { selector: { a: 2 } })],
      [
        'spec.volumeClaimTemplates',
        spec('StatefulSet', { volumeClaimTemplates: [] }, { volumeClaimTemplates: [{}] }),
      ],
      ['data', update('ConfigMap', { immutable: true, data: { a: '1' } }, { immutable: true })],
      ['type', update('Secret', { type: 'Opaque' }, { type: 'kubernetes.io/tls' })],
      ['spec.clusterIP', spec('Service', { clusterIP: '10.0.0.1' }, { clusterIP: '10.0.0.2' })],
      ['roleRef', update('RoleBinding', { roleRef: { name: 'a' } }, { roleRef: { name: 'b' } })],
      [
        'controlPlane.statefulSet.persistence.volumeClaim.size',
        values(
          {},
          { controlPlane: { statefulSet: { persistence: { volumeClaim: { size: '9Gi' } } } } },
        ),
      ],
    ],
    keeps: [
      update('ConfigMap', { data: { a: '1' } }, { data: { a: '2' } }),
      spec('Service', { clusterIP: '10.0.0.1' }, {}),
      values(
        {},
        { controlPlane: { statefulSet: { persistence: { volumeClaim: { size: '5120Mi' } } } } },
      ),
    ],
  },
  'quota-below-use': {
    breaks: [
      [
        'pods: 3 used, 2 allowed; limits.cpu: 1500m used, 1 allowed',
        objects(
          object('ResourceQuota', { status: { used: { pods: '3', 'limits.cpu': '1500m' } } }),
          object('ResourceQuota', { spec: { hard: { pods: 2, 'limits.cpu': '1' } } }),
        ),
      ],
    ],
    keeps: [
      objects(
        object('ResourceQuota', { status: { used: { pods: '2', memory: '1Gi' } } }),
        object('ResourceQuota', { spec: { hard: { pods: '2', memory: '1024Mi' } } }),
      ),
      spec('ResourceQuota', { hard: { pods: 3 } }, { hard: { pods: 2 } }),
    ],
  },
  'image-not-fixed': {
    breaks: ['app', 'app:latest', 'registry:5000/app', 'app:main'].map((image) => [
      image,
      spec('Deployment', pods({}), pods({}, { image })),
    ]),
    keeps: [
      ...['app:1.3', 'registry:5000/app:144a99c9c390', `app@sha256:${'a'.repeat(64)}`].map(
        (image) => spec('Deployment', pods({}), pods({}, { image })),
      ),
      spec('Deployment', pods({}, { image: 'app' }), pods({}, { image: 'app' })),
    ],
  },
  pause: {
    breaks: [['active → paused', tenant({}, { state: 'paused' })]],
    keeps: [tenant({ state: 'paused' }, {}), tenant(null, { state: 'paused' })],
  },
  'replicas-to-zero': {
    breaks: [
      ['2 → 0', spec('Deployment', { replicas: 2 }, { replicas: 0 })],
      ['1 → 0', spec('StatefulSet', {}, { replicas: 0 })],
    ],
    keeps: [
      spec('Deployment', { replicas: 0 }, { replicas: 0 }),
      spec('Deployment', { replicas: 2 }, { replicas: 1 }),
    ],
  },
  restart: {
    breaks: [
      ['another pod template', spec('Deployment', pods({}), pods({}, { image: 'app:2' }))],
      ['another pod template', spec('StatefulSet', pods({}), pods({ hostNetwork: true }))],
      ['the control plane, with other values', values({ a: 1 }, { a: 2 })],
      ['the control plane, with another chart', tenant({}, { chartVersion: '0.36.1' })],
    ],
    keeps: [
      spec('Deployment', { ...pods({}), replicas: 1 }, { ...pods({}), replicas: 3 }),
      spec('Deployment', pods({}), { ...pods({ hostNetwork: true }), replicas: 0 }),
      tenant({}, { state: 'paused', chartVersion: '0.36.1' }),
      values(null, { a: 2 }),
    ],
  },
};

test('there are examples for each rule', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(RISK_RULES.map(({ id }) => id).sort());
});

describe.each(Object.entries(EXAMPLES))('%s', (id, { breaks, keeps }) => {
  test('is found where it is broken', () => {
    expect(breaks.map(([, subject]) => found(id, subject))).toEqual(breaks.map(([what]) => [what]));
  });
  test('is not found where it is kept', () => {
    expect(keeps.map((subject) => found(id, subject))).toEqual(keeps.map(() => []));
  });
});

test('what no rule can read is said, not passed over', () => {
  const broken = object('Deployment', { spec: { template: { spec: { containers: 'none' } } } });
  expect(found('image-not-fixed', objects(object('Deployment'), broken))).toEqual([
    expect.stringContaining('it cannot be judged'),
  ]);
});
