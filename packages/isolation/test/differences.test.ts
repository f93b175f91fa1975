import { describe, expect, test } from '@jest/globals';
import type { KubeObject } from '@tenantry/plan';
import { differences } from '../src/differences.ts';

const policy: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'workload', labels: { a: 'b' } },
  spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] },
};
const admission: KubeObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'tenantry-pods' },
  spec: {
    failurePolicy: 'Fail',
    matchConstraints: { objectSelector: {}, resourceRules: [{ resources: ['pods'] }] },
    validations: [{ expression: 'a' }, { expression: 'b' }],
  },
};
const statefulSet: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'tenant-alice' },
  spec: { replicas: 1, template: { spec: { containers: [{ name: 'syncer', image: 'a' }] } } },
};

function changed(object: KubeObject, change: object): KubeObject {
  const spec = { ...(object['spec'] as object), ...change };
  return { ...object, spec };
}

test('an object is what is wanted whatever the cluster adds to it by itself', () => {
  const live = {
    ...policy,
    metadata: {
      ...policy.metadata,
      uid: '1',
      resourceVersion: '7',
      generation: 2,
      annotations: { 'meta.helm.sh/release-name': 'x' },
      managedFields: [{}],
    },
    status: { conditions: [] },
  };
  expect(differences(policy, live)).toEqual([]);
  const service = (spec: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec,
  });
  expect(
    differences(
      service({ ports: [{ port: 443 }], clusterIP: '10.0.0.1' }),
      service({ ports: [{ port: 443, nodePort: 30_000 }], clusterIP: '10.0.0.2' }),
    ),
  ).toEqual([]);
});

describe('what somebody has changed is named by its path', () => {
  test.each<[string, KubeObject, KubeObject, string]>([
    [
      'one more ingress rule',
      policy,
      changed(policy, { ingress: [{ from: [{ podSelector: {} }] }, {}] }),
      'spec.ingress[1] added',
    ],
    [
      'a rule that admits everybody',
      policy,
      changed(policy, { ingress: [{}] }),
      'spec.ingress[0].from missing',
    ],
    [
      'egress that no policy type holds',
      policy,
      changed(policy, { egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] }),
      'spec.egress added',
    ],
    [
      'an extra match condition',
      admission,
      changed(admission, { matchConditions: [{ name: 'x', expression: 'false' }] }),
      'spec.matchConditions added',
    ],
    [
      'an object selector',
      admission,
      changed(admission, {
        matchConstraints: {
          objectSelector: { matchLabels: { x: 'y' } },
          resourceRules: [{ resources: ['pods'] }],
        },
      }),
      'spec.matchConstraints.objectSelector.matchLabels added',
    ],
    [
      'a validation less',
      admission,
      changed(admission, { validations: [{ expression: 'a' }] }),
      'spec.validations[1] missing',
    ],
    [
      'a failure that is ignored',
      admission,
      changed(admission, { failurePolicy: 'Ignore' }),
      'spec.failurePolicy differs',
    ],
    [
      'a sidecar',
      statefulSet,
      changed(statefulSet, {
        template: { spec: { containers: [{ name: 'syncer', image: 'a' }, { name: 'miner' }] } },
      }),
      'spec.template.spec.containers[1] added',
    ],
    [
      'another image',
      statefulSet,
      changed(statefulSet, {
        template: { spec: { containers: [{ name: 'syncer', image: 'b' }] } },
      }),
      'spec.template.spec.containers[0].image differs',
    ],
    [
      'a label',
      policy,
      { ...policy, metadata: { name: 'workload', labels: { a: 'b', c: 'd' } } },
      'metadata.labels.c added',
    ],
  ])('%s', (_, wanted, live, path) => {
    expect(differences(wanted, live)).toEqual([path]);
  });

  test('and never by its value', () => {
    const secret = (data: object): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data,
    });
    const found = differences(secret({ config: 'YWJj' }), secret({ config: 'aHVudGVyMg==' }));
    expect(found).toEqual(['data.config differs']);
  });
});

test('a namespace that is another kind of place is named', () => {
  const namespace = (labels: Record<string, string>, annotations = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'n', labels, annotations },
    spec: { finalizers: ['kubernetes'] },
  });
  const wanted = namespace({ 'pod-security.kubernetes.io/enforce': 'restricted' });
  const live = namespace(
    {
      'kubernetes.io/metadata.name': 'n',
      'pod-security.kubernetes.io/enforce': 'privileged',
      'istio.io/rev': 'x',
      'kustomize.toolkit.fluxcd.io/name': 'tenant-alice-host',
      'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
    },
    { 'scheduler.alpha.kubernetes.io/node-selector': 'a=b', note: 'x' },
  );
  expect(differences(wanted, live)).toEqual([
    'metadata.annotations.scheduler.alpha.kubernetes.io/node-selector added',
    'metadata.labels.istio.io/rev added',
    'metadata.labels.pod-security.kubernetes.io/enforce differs',
  ]);
});
