import { expect, test } from '@jest/globals';
import { temporaryVclusterObjects } from '../src/temporary-vcluster-app.ts';

// oxlint-disable-next-line typescript/no-explicit-any
function objects(): readonly any[] {
  return temporaryVclusterObjects({
    tenantId: 'alice',
    claims: 1,
    hostApi: [
      { address: '172.18.0.2', port: 6443 },
      { address: 'fd00::1', port: 443 },
    ],
  });
}

test('a temporary namespace is under the same rules as a tenant’s, and is no tenant’s', () => {
  const [namespace] = objects();
  expect(namespace.metadata.name).toBe('vcluster-tenant--alice');
  expect(namespace.metadata.labels).toMatchObject({
    'app.kubernetes.io/managed-by': 'tenantry',
    'pod-security.kubernetes.io/enforce': 'restricted',
  });
  expect(namespace.metadata.labels).not.toHaveProperty(['tenantry.dev/tenant']);
});

test('it has room for one control plane and its volume', () => {
  const quota = objects().find(({ kind }) => kind === 'ResourceQuota');
  expect(quota.spec.hard).toMatchObject({
    pods: 1,
    'count/persistentvolumeclaims': 1,
    'services.nodeports': 0,
    'services.loadbalancers': 0,
  });
});

test('nobody gets in, and nothing gets out but to the host’s API', () => {
  const policy = objects().find(({ kind }) => kind === 'NetworkPolicy');
  expect(policy.spec).toEqual({
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    egress: [
      {
        ports: [{ port: 6443, protocol: 'TCP' }],
        to: [{ ipBlock: { cidr: '172.18.0.2/32' } }],
      },
      { ports: [{ port: 443, protocol: 'TCP' }], to: [{ ipBlock: { cidr: 'fd00::1/128' } }] },
    ],
  });
});
