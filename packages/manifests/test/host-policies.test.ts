import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { alice, bob, treeOf } from './fleet.ts';

const tree = treeOf([alice, bob]);

// oxlint-disable-next-line typescript/no-explicit-any
function read(path: string, of = tree): any {
  return parse(of.get(path) ?? 'null');
}

function policy(name: string, of = tree) {
  return read(`_host/validatingadmissionpolicy.${name}.yaml`, of);
}

/** The expression whose message says this. */
function expression(name: string, says: RegExp, of = tree): string {
  const found = policy(name, of).spec.validations.filter(({ message }: { message: string }) =>
    says.test(message),
  );
  expect(found).toHaveLength(1);
  return found[0].expression;
}

const names = ['tenantry-claims', 'tenantry-pods', 'tenantry-services', 'tenantry-volumes'];

test('the host has these objects, whoever its tenants are', () => {
  const hostWide = (of: ReadonlyMap<string, string>) =>
    [...of].filter(([path]) => path.startsWith('_host/'));
  expect(
    hostWide(tree)
      .map(([path]) => path)
      .sort(),
  ).toEqual([
    ...names.map((name) => `_host/validatingadmissionpolicy.${name}.yaml`),
    ...names.map((name) => `_host/validatingadmissionpolicybinding.${name}.yaml`),
  ]);
  expect(hostWide(treeOf([]))).toEqual(hostWide(tree));
});

describe.each(names)('%s', (name) => {
  test('speaks of our namespaces only, and refuses what it cannot judge', () => {
    const { spec, metadata } = policy(name);
    const ours = { 'app.kubernetes.io/managed-by': 'tenantry' };
    expect(metadata).toEqual({ name, labels: ours });
    expect(spec.matchConstraints.namespaceSelector).toEqual({ matchLabels: ours });
    expect(spec.failurePolicy).toBe('Fail');
  });

  test('is bound, and denies', () => {
    expect(read(`_host/validatingadmissionpolicybinding.${name}.yaml`).spec).toEqual({
      policyName: name,
      validationActions: ['Deny'],
    });
  });

  test('says why, in words that fit a terminal', () => {
    for (const { message, reason } of policy(name).spec.validations) {
      expect(reason).toBe('Forbidden');
      expect(message).toMatch(/^[\x20-\x7e]{20,}$/);
    }
  });
});

test('the classes that pods and claims may have are the host’s to name', () => {
  expect(expression('tenantry-pods', /priority class/)).toContain('in [""]');
  expect(expression('tenantry-claims', /storage class/)).toContain('in ["standard"]');
  const host = { priorityClasses: ['normal', 'low'], storageClasses: ['ssd', 'hdd', 'ssd'] };
  const of = treeOf([alice], { host });
  expect(expression('tenantry-pods', /priority class/, of)).toContain('in ["", "low", "normal"]');
  expect(expression('tenantry-claims', /storage class/, of)).toContain('in ["hdd", "ssd"]');
});

test('a namespace says whether its NodePort is open, which the policy asks', () => {
  const label = 'tenantry.dev/node-port';
  const plan = { cpu: '1', memory: '1Gi', storage: '1Gi', pods: 1, nodePort: 'open' };
  const of = treeOf([alice, { ...bob, plan: 'open' }], {
    plans: { small: { ...plan, nodePort: 'closed' }, open: plan },
  });
  const labels = (id: string) =>
    read(`${id}/host/namespace.vcluster-tenant-${id}.yaml`, of).metadata.labels[label];
  expect([labels('alice'), labels('bob')]).toEqual(['closed', 'open']);
  expect(expression('tenantry-services', /NodePort/)).toContain(label);
});

describe('a plan’s own values', () => {
  const plan = { cpu: '1', memory: '1Gi', storage: '1Gi', pods: 1 };
  const values = (vcluster: object) =>
    read('alice/vcluster.yaml', treeOf([alice], { plans: { small: { ...plan, vcluster } } }));
  const plain = values({});

  test('are added to the hardening', () => {
    const merged = values({
      logging: { encoding: 'json' },
      sync: { toHost: { pods: { runtimeClassName: 'gvisor' } } },
      controlPlane: { statefulSet: { scheduling: { nodeSelector: { pool: 'tenants' } } } },
    });
    expect(merged.logging).toEqual({ encoding: 'json' });
    expect(merged.sync.toHost.pods).toEqual({
      ...plain.sync.toHost.pods,
      runtimeClassName: 'gvisor',
    });
    expect(merged.controlPlane.statefulSet).toEqual({
      ...plain.controlPlane.statefulSet,
      scheduling: { nodeSelector: { pool: 'tenants' } },
    });
    expect(merged).toMatchObject(plain);
  });

  test('show in the tenant’s vcluster.yaml, and nowhere else', () => {
    const before = treeOf([alice], { plans: { small: plan } });
    const vcluster = { logging: { encoding: 'json' } };
    const after = treeOf([alice], { plans: { small: { ...plan, vcluster } } });
    const changed = [...after].filter(([path, text]) => before.get(path) !== text);
    expect(changed.map(([path]) => path)).toEqual(['alice/vcluster.yaml']);
  });
});
