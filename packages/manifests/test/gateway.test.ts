import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { alice, bob, differences, treeOf } from './fleet.ts';

const file = {
  host: { gateway: { namespace: 'gateway', name: 'public' }, domain: 'tenants.example.com' },
};
const shop = { ...alice, hostnames: ['shop.alice.example', 'alice.example'] };
const tree = treeOf([shop, bob], file);

// oxlint-disable-next-line typescript/no-explicit-any
function read(path: string, of = tree): any {
  return parse(of.get(path) ?? 'null');
}

const route = (of = tree) => read('alice/host/httproute.tenant-alice.yaml', of);

describe('a tenant is reached', () => {
  test('by its names, from the host’s Gateway, at the workload’s synced Service', () => {
    const { metadata, spec } = route();
    expect(metadata).toMatchObject({ name: 'tenant-alice', namespace: 'vcluster-tenant-alice' });
    expect(spec).toEqual({
      parentRefs: [{ namespace: 'gateway', name: 'public' }],
      hostnames: ['alice.tenants.example.com', 'alice.example', 'shop.alice.example'],
      rules: [{ backendRefs: [{ name: 'fixture-public-x-default-x-tenant-alice', port: 8080 }] }],
    });
  });

  test('at the workload’s pods alone, and from the Gateway’s namespace alone', () => {
    const before = treeOf([shop, bob].map(({ id, name }) => ({ id, name })));
    const added = differences(before, tree).filter((path) => path.includes('/host/networkpolicy'));
    expect(added).toEqual(['alice', 'bob'].map((id) => `${id}/host/networkpolicy.gateway.yaml`));
    expect(read('alice/host/networkpolicy.gateway.yaml').spec).toEqual({
      podSelector: {
        matchLabels: {
          app: 'fixture-app',
          'vcluster.loft.sh/managed-by': 'tenant-alice',
          'vcluster.loft.sh/namespace': 'default',
        },
      },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateway' } } },
          ],
          ports: [{ port: 8081, protocol: 'TCP' }],
        },
      ],
    });
  });
});

test('a namespace says the tenant’s names, which the policy for routes asks', () => {
  const annotations = (id: string) =>
    read(`${id}/host/namespace.vcluster-tenant-${id}.yaml`).metadata.annotations;
  expect([annotations('alice'), annotations('bob')]).toEqual([
    { 'tenantry.dev/hostnames': 'alice.tenants.example.com,alice.example,shop.alice.example' },
    { 'tenantry.dev/hostnames': 'bob.tenants.example.com' },
  ]);
  const { validations } = read('_host/validatingadmissionpolicy.tenantry-routes.yaml').spec;
  expect(validations[0].expression).toContain('tenantry.dev/hostnames');
});

describe('while a tenant is held paused', () => {
  const held = treeOf([{ ...shop, state: 'paused' }, bob], file);

  test('its names lead to the page that says so, which is a change of one line', () => {
    expect(differences(tree, held)).toEqual([
      'alice/host/httproute.tenant-alice.yaml',
      'alice/tenant.json',
      'alice/vcluster.yaml',
    ]);
    const { rules } = route(held).spec;
    expect({ ...route(held).spec, rules: [] }).toEqual({ ...route().spec, rules: [] });
    expect(rules).toEqual([
      {
        backendRefs: [{ namespace: 'tenantry-system', name: 'tenantry-pause-page', port: 8080 }],
      },
    ]);
  });

  test('the page is there, takes the Gateway’s requests and lets the route lead to it', () => {
    const { metadata, spec } = read('_host/service.tenantry-pause-page.yaml', held);
    const [{ backendRefs }] = route(held).spec.rules;
    expect(backendRefs).toEqual([
      { namespace: metadata.namespace, name: metadata.name, port: spec.ports[0].port },
    ]);
    const { template } = read('_host/deployment.tenantry-pause-page.yaml', held).spec;
    expect(template.metadata.labels).toMatchObject(spec.selector);
    const policy = read('_host/networkpolicy.tenantry-pause-page.yaml', held).spec;
    expect(policy.podSelector.matchLabels).toEqual(spec.selector);
    expect(policy).toMatchObject({
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateway' } } },
          ],
        },
      ],
    });
    expect(read('alice/host/referencegrant.tenant-alice.yaml', held)).toMatchObject({
      metadata: { namespace: metadata.namespace },
      spec: {
        from: [{ kind: 'HTTPRoute', namespace: 'vcluster-tenant-alice' }],
        to: [{ kind: 'Service', name: metadata.name }],
      },
    });
  });
});

test('without a Gateway nothing of this is there', () => {
  const paths = [...treeOf([alice, bob]).keys()];
  expect(paths.filter((path) => /route|grant|gateway|pause-page/.test(path))).toEqual([]);
});
