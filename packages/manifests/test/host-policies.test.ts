import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { alice, bob, treeOf } from './fleet.ts';
import { type SyncerAttack, syncerAttacks } from './syncer-attacks.ts';

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

const names = [
  'tenantry-accounts',
  'tenantry-claims',
  'tenantry-configmaps',
  'tenantry-control-plane-services',
  'tenantry-metadata',
  'tenantry-pod-connections',
  'tenantry-pod-deletion',
  'tenantry-pod-status',
  'tenantry-pods',
  'tenantry-secrets',
  'tenantry-services',
  'tenantry-tenant-claims',
  'tenantry-tenant-pods',
];
/** These are for whoever writes in a tenant's namespace; the others for the tenant's accounts. */
const forAll = new Set(['tenantry-claims', 'tenantry-pods', 'tenantry-services']);

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

/** What a policy says, by the policy's name. */
const byPolicy = <T>(of: (name: string) => T) => names.map((name) => ({ name, ...of(name) }));

test('every policy is for tenants only, and refuses what it cannot judge', () => {
  const ours = { 'app.kubernetes.io/managed-by': 'tenantry' };
  const found = byPolicy((name) => {
    const { spec, metadata } = policy(name);
    const { failurePolicy, matchConstraints } = spec;
    return { metadata, failurePolicy, selector: matchConstraints.namespaceSelector };
  });
  const wanted = byPolicy((name) => ({
    metadata: { name, labels: ours },
    failurePolicy: 'Fail',
    // A tenant's account is held wherever it writes, also where the host has given it rights.
    selector: name === 'tenantry-accounts' ? undefined : { matchLabels: ours },
  }));
  expect(found).toEqual(wanted);
});

test('every policy but those for all looks at what tenants write, and at nothing less', () => {
  const byTenant = {
    name: 'by-a-tenant',
    expression: 'request.userInfo.username.startsWith("system:serviceaccount:vcluster-tenant-")',
  };
  const conditionsOf = (name: string): readonly unknown[] =>
    policy(name).spec.matchConditions ?? [];
  const isByTenant = (condition: unknown) => isDeepStrictEqual(condition, byTenant);
  expect([...forAll].filter((name) => conditionsOf(name).some(isByTenant))).toEqual([]);
  const others = names.filter((name) => !forAll.has(name));
  expect(others.map((name) => [name, conditionsOf(name)])).toEqual(
    others.map((name) => [name, [byTenant]]),
  );
});

test('every policy is bound, and denies', () => {
  const found = byPolicy(
    (name) => read(`_host/validatingadmissionpolicybinding.${name}.yaml`).spec,
  );
  const wanted = byPolicy((name) => ({ policyName: name, validationActions: ['Deny'] }));
  expect(found).toEqual(wanted);
});

test('every policy says why, in words that fit a terminal', () => {
  const found = names.flatMap((name) =>
    policy(name)
      .spec.validations.filter(
        ({ message, reason }: { message: string; reason: string }) =>
          reason !== 'Forbidden' || !/^[\x20-\x7e]{20,}$/.test(message),
      )
      .map((validation: object) => [name, validation]),
  );
  expect(found).toEqual([]);
});

test('the classes that pods and claims may have are the host’s to name', () => {
  expect(expression('tenantry-pods', /priority class/)).toContain('in [""]');
  expect(expression('tenantry-claims', /storage class/)).toContain('in ["standard"]');
  const host = {
    priorityClasses: ['normal', 'low'],
    storageClasses: ['ssd', 'hdd', 'ssd'],
    runtimeClasses: ['kata', 'gvisor'],
  };
  const of = treeOf([alice], { host });
  expect(expression('tenantry-pods', /priority class/, of)).toContain('in ["", "low", "normal"]');
  expect(expression('tenantry-claims', /storage class/, of)).toContain('in ["hdd", "ssd"]');
  expect(expression('tenantry-pods', /runtime class/)).toContain('in [""]');
  expect(expression('tenantry-pods', /runtime class/, of)).toContain('in ["", "gvisor", "kata"]');
});

describe('annotations for the host’s network and proxies', () => {
  const rule = expression('tenantry-metadata', /annotation/);
  const literal = /k\.matches\(("(?:[^"\\]|\\.)*")\)/.exec(rule)?.[1] ?? '""';
  const refused = new RegExp((JSON.parse(literal) as string).replace(/^\(\?i\)/, ''), 'i');

  test.each([
    'k8s.v1.cni.cncf.io/networks',
    'v1.multus-cni.io/default-network',
    'cni.projectcalico.org/ipAddrs',
    'projectcalico.org/anything',
    'policy.cilium.io/no-track-port',
    'cilium.io/x',
    'k8s.ovn.org/pod-networks',
    'kubernetes.io/ingress-bandwidth',
    'kubernetes.io/egress-bandwidth',
    'kubernetes.io/ingress.class',
    'ingress.kubernetes.io/rewrite-target',
    'nginx.ingress.kubernetes.io/server-snippet',
    'traefik.ingress.kubernetes.io/service.serverstransport',
    'traefik.io/service.passhostheader',
    'service.beta.kubernetes.io/aws-load-balancer-type',
    'metallb.universe.tf/loadBalancerIPs',
    'kube-vip.io/loadbalancerIPs',
    'external-dns.alpha.kubernetes.io/hostname',
    'networking.gke.io/load-balancer-type',
    'gateway.envoyproxy.io/owning-gateway-name',
    'haproxy-ingress.github.io/app-root',
    'sidecar.istio.io/inject',
    'SIDECAR.istio.io/INJECT',
    'linkerd.io/inject',
    'instrumentation.opentelemetry.io/inject-java',
    'sidecar.opentelemetry.io/inject',
    'vault.hashicorp.com/agent-inject',
    'azure.workload.identity/inject-proxy-sidecar',
    'iam.amazonaws.com/role',
    'replicator.v1.mittwald.de/replicate-from',
  ])('%s is one', (key) => {
    expect(key).toMatch(refused);
  });

  test.each([
    'checksum/config',
    'checksum/network-policy',
    'hello',
    'proxy',
    'prometheus.io/scrape',
    'kubectl.kubernetes.io/restartedAt',
    'kubectl.kubernetes.io/default-container',
    'kubernetes.io/limit-ranger',
    'kubernetes.io/config.seen',
    'cluster-autoscaler.kubernetes.io/safe-to-evict',
    'batch.kubernetes.io/job-completion-index',
    'volume.kubernetes.io/storage-provisioner',
    'volume.beta.kubernetes.io/storage-provisioner',
    'pv.kubernetes.io/bind-completed',
    'endpoints.kubernetes.io/last-change-trigger-time',
    'tenantry.dev/config-checksum',
    'vcluster.loft.sh/namespace',
    'vcluster.loft.sh/object-host-name',
    'vcluster.loft.sh/service-cidr',
    'vcluster.loft.sh/block-deletion',
    'meta.helm.sh/release-name',
    'argocd.argoproj.io/tracking-id',
    'cnpg.io/nodeSerial',
    'strimzi.io/broker-cert-hash',
    'reloader.stakater.com/last-reloaded-from',
  ])('%s is none', (key) => {
    expect(key).not.toMatch(refused);
  });

  test('are the host’s to name, by key or by domain', () => {
    expect(rule).toContain('[].exists(');
    const of = treeOf([alice], { host: { annotations: ['cilium.io', 'linkerd.io/inject'] } });
    expect(expression('tenantry-metadata', /annotation/, of)).toContain(
      '["cilium.io", "linkerd.io/inject"].exists(',
    );
  });
});

describe('what a syncer in the wrong hands would try', () => {
  const attacks = syncerAttacks({
    tenantId: 'alice',
    foreignNamespace: 'vcluster-tenant-bob',
    syncedPod: 'fixture-app-x-default-x-tenant-alice',
    syncedService: 'fixture-public-x-default-x-tenant-alice',
    image: 'tenantry/app:0123456789ab',
  });

  test('has a name of its own each', () => {
    const seen = attacks.map(({ name }) => name);
    expect(new Set(seen).size).toBe(seen.length);
    for (const name of seen) expect(name).toMatch(/^[a-z0-9-]+$/);
  });

  test('is asked of every policy but the one for connections, which are no requests with an answer', () => {
    expect([...new Set(attacks.map(({ policy: by }) => by))].sort()).toEqual(
      names.filter((name) => name !== 'tenantry-pod-connections'),
    );
  });

  test('its policy is asked of each', () => {
    const isAsked = (attack: SyncerAttack) => {
      const { group, resource, operation } = requestOf(attack);
      const [rule] = policy(attack.policy).spec.matchConstraints.resourceRules;
      return (
        rule.operations.includes(operation) &&
        rule.apiGroups.every((each: string) => each === '*' || each === group) &&
        rule.resources.some((name: string) => name === resource || name === '*/*')
      );
    };
    expect(attacks.filter((attack) => !isAsked(attack)).map(({ text }) => text)).toEqual([]);
  });
});

/** What the API server makes of a request. */
function requestOf({ method, path }: SyncerAttack) {
  const [, root, ...rest] = path.split('/');
  const group = root === 'api' ? '' : (rest[0] ?? '');
  const parts = rest.slice(root === 'api' ? 1 : 2);
  // A namespace itself has nothing after its name.
  const [plural = '', , subresource] =
    parts[0] === 'namespaces' && parts.length > 2 ? parts.slice(2) : parts;
  const operations = { POST: 'CREATE', PATCH: 'UPDATE', DELETE: 'DELETE' } as const;
  return {
    group,
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    operation: operations[method],
  };
}

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
  const host = { runtimeClasses: ['gvisor'] };
  const values = (vcluster: object) =>
    read('alice/vcluster.yaml', treeOf([alice], { host, plans: { small: { ...plan, vcluster } } }));
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

  test('put every pod of the tenant into the plan’s sandbox, which the host’s policy holds them to', () => {
    const vcluster = { sync: { toHost: { pods: { runtimeClassName: 'gvisor' } } } };
    const label = (of: ReadonlyMap<string, string>) =>
      read('alice/host/namespace.vcluster-tenant-alice.yaml', of).metadata.labels[
        'tenantry.dev/runtime-class'
      ];
    expect(label(treeOf([alice], { host, plans: { small: { ...plan, vcluster } } }))).toBe(
      'gvisor',
    );
    expect(label(treeOf([alice]))).toBeUndefined();
    expect(expression('tenantry-tenant-pods', /runtime class/)).toContain(
      'tenantry.dev/runtime-class',
    );
  });

  test('show in the tenant’s vcluster.yaml, and nowhere else', () => {
    const before = treeOf([alice], { plans: { small: plan } });
    const vcluster = { logging: { encoding: 'json' } };
    const after = treeOf([alice], { plans: { small: { ...plan, vcluster } } });
    const changed = [...after].filter(([path, text]) => before.get(path) !== text);
    expect(changed.map(([path]) => path)).toEqual(['alice/vcluster.yaml']);
  });
});
