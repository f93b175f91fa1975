import { describe, expect, test } from '@jest/globals';
import { parseBytes, parseCpu } from '@tenantry/tenants';
import { parse } from 'yaml';
import { SYNCER_RIGHTS } from '../src/index.ts';
import { alice, bob, differences, pins, treeOf } from './fleet.ts';

const GiB = 2 ** 30;
const MiB = 2 ** 20;
const tree = treeOf([alice]);

// Files are read back as any Kubernetes client would; their types are not ours.
// oxlint-disable-next-line typescript/no-explicit-any
function read(path: string, of = tree): any {
  return parse(of.get(path) ?? 'null');
}

test('a tenant is these files', () => {
  expect([...tree.keys()].filter((path) => !path.startsWith('_host/')).sort()).toEqual([
    'alice/host/limitrange.tenant-alice.yaml',
    'alice/host/namespace.vcluster-tenant-alice.yaml',
    'alice/host/networkpolicy.control-plane.yaml',
    'alice/host/networkpolicy.default-deny.yaml',
    'alice/host/networkpolicy.workload.yaml',
    'alice/host/resourcequota.tenant-alice.yaml',
    'alice/tenant.json',
    'alice/vcluster.yaml',
    'alice/virtual/configmap.fixture-config.yaml',
    'alice/virtual/deployment.fixture-app.yaml',
    'alice/virtual/mutatingadmissionpolicy.tenantry-default-limits.yaml',
    'alice/virtual/mutatingadmissionpolicybinding.tenantry-default-limits.yaml',
    'alice/virtual/service.fixture-public.yaml',
  ]);
});

describe('the workload', () => {
  test('is what its chart makes of the tenant, its settings and the images', () => {
    const of = treeOf([{ ...alice, settings: { motto: 'Onwards' } }]);
    expect(read('alice/virtual/configmap.fixture-config.yaml', of).data).toEqual({
      NAME: 'Alice',
      MOTTO: 'Onwards',
    });
    const { containers } = read('alice/virtual/deployment.fixture-app.yaml', of).spec.template.spec;
    expect(containers.map(({ image }: { image: string }) => image)).toEqual(
      Object.values(pins.images),
    );
  });

  test('is reached from outside by its Service’s pods and port alone, where the plan says so', () => {
    expect(tree.has('alice/host/networkpolicy.node-port.yaml')).toBe(false);
    const small = { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20, nodePort: 'open' };
    const of = treeOf([alice], { plans: { small } });
    expect(read('alice/virtual/service.fixture-public.yaml', of).spec).not.toHaveProperty(
      'externalTrafficPolicy',
    );
    expect(read('alice/host/networkpolicy.node-port.yaml', of).spec).toEqual({
      podSelector: {
        matchLabels: {
          'vcluster.loft.sh/managed-by': 'tenant-alice',
          'vcluster.loft.sh/namespace': 'default',
          app: 'fixture-app',
        },
      },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 8081, protocol: 'TCP' }] }],
    });
  });
});

describe('the host namespace', () => {
  const namespace = read('alice/host/namespace.vcluster-tenant-alice.yaml');
  const ours = { 'app.kubernetes.io/managed-by': 'tenantry', 'tenantry.dev/tenant': 'alice' };

  test('is known as ours and as this tenant’s by its labels', () => {
    expect(namespace.metadata.name).toBe('vcluster-tenant-alice');
    expect(namespace.metadata.labels).toMatchObject(ours);
  });

  test('is no object inside a namespace', () => {
    expect(namespace.metadata).not.toHaveProperty('namespace');
  });

  test('enforces, warns and audits Pod Security restricted as of a fixed version', () => {
    for (const mode of ['enforce', 'warn', 'audit']) {
      const label = `pod-security.kubernetes.io/${mode}`;
      expect(namespace.metadata.labels).toHaveProperty([label], 'restricted');
      expect(namespace.metadata.labels[`${label}-version`]).toMatch(/^v1\.\d+$/);
    }
  });

  test('holds every other host object, labelled the same', () => {
    for (const [path, text] of tree) {
      if (!path.startsWith('alice/host/') || path.includes('/namespace.')) continue;
      const { metadata } = parse(text);
      expect(metadata).toMatchObject({ namespace: 'vcluster-tenant-alice', labels: ours });
    }
  });
});

describe('the quota', () => {
  function hard(plan: object): Record<string, string | number> {
    const plans = { small: { cpu: '1', memory: '1Gi', storage: '1Gi', pods: 1, ...plan } };
    const of = treeOf([alice], { plans });
    return read('alice/host/resourcequota.tenant-alice.yaml', of).spec.hard;
  }
  const cpu = (value: unknown) => parseCpu(String(value)) ?? Number.NaN;
  const bytes = (value: unknown) => parseBytes(String(value)) ?? Number.NaN;

  test('is the plan and what running it costs', () => {
    const requests = { cpu: '500m', memory: '1Gi' };
    const plan = { cpu: '3', memory: '5Gi', storage: '7Gi', pods: 11, requests };
    const quota = hard(plan);
    // Control plane, CoreDNS twice, the surge of the service, the probe.
    expect(cpu(quota['limits.cpu'])).toBe(3000 + 2000 + 2 * 500 + 250 + 250);
    expect(bytes(quota['limits.memory'])).toBe(5 * GiB + (2048 + 2 * 170 + 128 + 128) * MiB);
    expect(cpu(quota['requests.cpu'])).toBe(500 + 20 + 2 * 5 + 10 + 10);
    expect(bytes(quota['requests.memory'])).toBe(GiB + (256 + 2 * 32 + 48 + 48) * MiB);
    expect(bytes(quota['requests.storage'])).toBe(7 * GiB + 2 * GiB);
    expect(quota['pods']).toBe(11 + 5);
    expect(quota['count/persistentvolumeclaims']).toBe(11 + 1);
  });

  test('costs the same on top of any plan', () => {
    const small = hard({ requests: { cpu: '100m', memory: '1Gi' } });
    const big = hard({ cpu: '9', pods: 9, requests: { cpu: '300m', memory: '1Gi' } });
    expect(cpu(big['limits.cpu']) - cpu(small['limits.cpu'])).toBe(8000);
    expect(cpu(big['requests.cpu']) - cpu(small['requests.cpu'])).toBe(200);
    expect(Number(big['pods']) - Number(small['pods'])).toBe(8);
    expect(big['limits.memory']).toBe(small['limits.memory']);
  });

  test('allows the one NodePort and no load balancer', () => {
    expect(hard({})).toMatchObject({ 'services.nodeports': 1, 'services.loadbalancers': 0 });
  });

  test('refuses volumes of the host’s classes that the plan does not have', () => {
    const perClass = (plan: object) => {
      const plans = { small: { cpu: '1', memory: '1Gi', storage: '1Gi', pods: 1, ...plan } };
      const of = treeOf([alice], { host: { storageClasses: ['fast', 'standard'] }, plans });
      const quota = read('alice/host/resourcequota.tenant-alice.yaml', of).spec.hard as object;
      return Object.entries(quota).filter(([key]) => key.includes('storageclass'));
    };
    expect(perClass({})).toEqual([]);
    expect(perClass({ storageClasses: ['standard'] })).toEqual([
      ['fast.storageclass.storage.k8s.io/persistentvolumeclaims', 0],
    ]);
  });

  test('meets containers that ask for nothing, so that they count too', () => {
    const { limits } = read('alice/host/limitrange.tenant-alice.yaml').spec;
    expect(limits).toEqual([
      {
        type: 'Container',
        default: { cpu: '250m', memory: '256Mi', 'ephemeral-storage': '1Gi' },
        defaultRequest: { cpu: '10m', memory: '32Mi', 'ephemeral-storage': '16Mi' },
      },
    ]);
  });
});

describe('the network policies', () => {
  const policy = (name: string) => read(`alice/host/networkpolicy.${name}.yaml`).spec;
  const workload = { matchLabels: { 'vcluster.loft.sh/managed-by': 'tenant-alice' } };
  const controlPlane = {
    matchLabels: { app: 'vcluster', release: 'tenant-alice' },
    matchExpressions: [{ key: 'vcluster.loft.sh/managed-by', operator: 'DoesNotExist' }],
  };
  test('deny everything to every pod first', () => {
    expect(policy('default-deny')).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  test('let a tenant’s pods speak with each other and with their own API server only', () => {
    expect(policy('workload')).toEqual({
      podSelector: workload,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: workload }, { podSelector: controlPlane }] }],
      egress: [
        { to: [{ podSelector: workload }] },
        { ports: [{ port: 8443, protocol: 'TCP' }], to: [{ podSelector: controlPlane }] },
      ],
    });
  });

  test('let nobody ask the host’s DNS, which names all tenants', () => {
    for (const [path, text] of tree) {
      if (path.includes('/networkpolicy.')) expect(text).not.toContain('53');
    }
  });

  test('open the control plane to its own tenant, and the host’s API to the control plane', () => {
    expect(policy('control-plane')).toEqual({
      podSelector: controlPlane,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ port: 8443, protocol: 'TCP' }], from: [{ podSelector: workload }] }],
      egress: [
        { to: [{ podSelector: workload }] },
        {
          ports: [
            { port: 443, protocol: 'TCP' },
            { port: 6443, protocol: 'TCP' },
          ],
          to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }],
        },
      ],
    });
  });

  test('keep everyone but the control plane from addresses outside the cluster', () => {
    for (const name of ['default-deny', 'workload']) {
      expect(JSON.stringify(policy(name))).not.toContain('ipBlock');
    }
  });

  test('let the control plane reach the host’s API only where the host says where it is', () => {
    const of = treeOf([alice], { host: { apiCidr: '10.0.0.0/28' } });
    const { egress } = read('alice/host/networkpolicy.control-plane.yaml', of).spec;
    expect(egress.at(-1).to).toEqual([{ ipBlock: { cidr: '10.0.0.0/28' } }]);
  });

  describe('of a plan with a way out', () => {
    const small = { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 };
    const egress = [
      { cidr: '10.20.0.0/16', ports: [5432, 6379] },
      { cidr: '203.0.113.7/32', ports: [443] },
    ];
    const of = treeOf([alice], {
      plans: { small: { ...small, egress, nameservers: ['10.0.0.2', '1.1.1.1'] } },
    });
    const opened = (name: string) => read(`alice/host/networkpolicy.${name}.yaml`, of).spec;
    const tcp = (port: number) => ({ port, protocol: 'TCP' });

    test('open its blocks and ports to the tenant’s pods, and to no control plane', () => {
      expect(opened('egress')).toEqual({
        podSelector: workload,
        policyTypes: ['Egress'],
        egress: [
          { ports: [tcp(5432), tcp(6379)], to: [{ ipBlock: { cidr: '10.20.0.0/16' } }] },
          { ports: [tcp(443)], to: [{ ipBlock: { cidr: '203.0.113.7/32' } }] },
        ],
      });
    });

    test('open its name servers to the tenant’s DNS alone, which asks them', () => {
      expect(opened('nameservers')).toEqual({
        podSelector: {
          matchLabels: {
            ...workload.matchLabels,
            'vcluster.loft.sh/namespace': 'kube-system',
            'k8s-app': 'vcluster-kube-dns',
          },
        },
        policyTypes: ['Egress'],
        egress: [
          {
            ports: [{ port: 53, protocol: 'UDP' }, tcp(53)],
            to: [{ ipBlock: { cidr: '10.0.0.2/32' } }, { ipBlock: { cidr: '1.1.1.1/32' } }],
          },
        ],
      });
      const { overwriteConfig } = read('alice/vcluster.yaml', of).controlPlane.coredns;
      expect(overwriteConfig).toContain('\n    forward . 10.0.0.2 1.1.1.1\n');
    });

    test('leave all others as they are', () => {
      const added = ['egress', 'nameservers'].map(
        (name) => `alice/host/networkpolicy.${name}.yaml`,
      );
      expect(differences(tree, of)).toEqual([...added, 'alice/vcluster.yaml']);
    });
  });

  test('open nothing to another namespace', () => {
    for (const name of ['default-deny', 'workload', 'control-plane']) {
      expect(JSON.stringify(policy(name).ingress ?? [])).not.toContain('namespaceSelector');
    }
  });
});

test('a tenant’s cluster raises a default limit that the host’s LimitRange would set too low', () => {
  const [{ default: limits }] = read('alice/host/limitrange.tenant-alice.yaml').spec.limits;
  const policy = read('alice/virtual/mutatingadmissionpolicy.tenantry-default-limits.yaml').spec;
  const mutations: string[] = policy.mutations.map(
    ({ applyConfiguration }: { applyConfiguration: { expression: string } }) =>
      applyConfiguration.expression,
  );
  for (const list of ['containers', 'initContainers']) {
    for (const [resource, limit] of Object.entries(limits)) {
      const found = mutations.filter(
        (expression) =>
          expression.includes(`Object.spec{${list}:`) &&
          expression.includes(`limits: {"${resource}": c.resources.requests["${resource}"]}`) &&
          expression.includes(`isGreaterThan(quantity("${String(limit)}"))`),
      );
      expect([list, resource, found.length]).toEqual([list, resource, 1]);
    }
  }
  // It is a help, and never in the way of a pod.
  expect(policy.failurePolicy).toBe('Ignore');
});

describe('the vcluster', () => {
  const values = read('alice/vcluster.yaml');
  const { statefulSet, distro } = values.controlPlane;

  test('is the free image in the pinned version', () => {
    expect(statefulSet.image).toEqual({ repository: 'loft-sh/vcluster-oss', tag: '0.36.0' });
    expect(distro.k8s.image).toEqual({ tag: 'v1.36.3' });
  });

  test('runs unprivileged, its init container too', () => {
    const unprivileged = {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      runAsUser: 12345,
      runAsGroup: 12345,
    };
    expect(statefulSet.security.containerSecurityContext).toEqual(unprivileged);
    expect(distro.k8s.securityContext).toEqual(unprivileged);
    expect(statefulSet.security.podSecurityContext).toEqual({
      fsGroup: 12345,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  test('holds tenants to Pod Security restricted', () => {
    expect(values.policies.podSecurityStandard).toBe('restricted');
  });

  test('leaves quota, limits and network policies to host/', () => {
    expect(values.policies).toMatchObject({
      limitRange: { enabled: false },
      networkPolicy: { enabled: false },
      resourceQuota: { enabled: false },
    });
  });

  test('shows a tenant no nodes and no images of the host, and no kubelets', () => {
    expect(values.sync.fromHost.nodes).toEqual({ enabled: false, clearImageStatus: true });
    expect(values.networking.advanced.proxyKubelets).toEqual({ byHostname: false, byIP: false });
  });

  test('has a certificate for none of its chart’s example names', () => {
    expect(values.controlPlane.ingress).toEqual({ host: '' });
  });

  test('has no right on the host that is not in the table', () => {
    expect(values.rbac).toEqual({
      role: {
        overwriteRules: SYNCER_RIGHTS.map(({ group, resources, verbs }) => ({
          apiGroups: [group],
          resources,
          verbs,
        })),
      },
    });
    const written = SYNCER_RIGHTS.filter(({ verbs }) =>
      verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)),
    ).flatMap(({ group, resources }) => resources.map((name) => `${group}/${name}`));
    // What the admission policy lets an account write.
    const { validations } = read('_host/validatingadmissionpolicy.tenantry-accounts.yaml').spec;
    for (const kind of written) expect(validations[0].expression).toContain(JSON.stringify(kind));
  });

  test('takes its volume with it when it is deleted', () => {
    expect(statefulSet.persistence.volumeClaim).toEqual({ size: '2Gi', retentionPolicy: 'Delete' });
  });

  test('tells its maker nothing', () => {
    expect(values.telemetry).toEqual({ enabled: false });
  });

  test.each([
    ['active', 1],
    ['paused', 0],
    ['offboarding', 0],
  ])('of an %s tenant has %d replicas', (state, replicas) => {
    const of = treeOf([{ ...alice, state }]);
    const { highAvailability } = read('alice/vcluster.yaml', of).controlPlane.statefulSet;
    expect(highAvailability).toEqual({ replicas });
  });
});

test('tenant.json says what the commands need', () => {
  const file = {
    host: { context: 'prod' },
    plans: { big: { cpu: '1', memory: '1Gi', storage: '1Gi', pods: 1 } },
    defaultPlan: 'big',
  };
  const of = treeOf([{ ...alice, name: 'Alice ✋' }], file);
  expect(JSON.parse(of.get('alice/tenant.json') ?? '')).toEqual({
    id: 'alice',
    name: 'Alice ✋',
    settings: { motto: '' },
    state: 'active',
    plan: 'big',
    hostContext: 'prod',
    image: 'tenantry/app:0123456789ab',
    images: pins.images,
    chartVersion: '0.36.0',
  });
});

test('tenant.json names the wave of a tenant that has one, and when it is its turn', () => {
  const waves = ['canary', 'early'];
  const of = treeOf(
    [
      { ...alice, wave: 'early' },
      { ...bob, wave: 'rest' },
    ],
    { waves },
  );
  const waveIn = (path: string) => JSON.parse(of.get(path) ?? '').wave;
  expect(waveIn('alice/tenant.json')).toEqual({ name: 'early', order: 2 });
  expect(waveIn('bob/tenant.json')).toBeUndefined();
});
