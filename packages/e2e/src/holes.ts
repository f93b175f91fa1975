import { setTimeout as sleep } from 'node:timers/promises';
import { host, hostApply, type KubeObject } from './tenantry.ts';
import type { Verification } from './verify.ts';

/** A way in which somebody with rights on the host undoes a tenant's isolation. */
export interface Hole {
  readonly name: string;
  /** What is changed, made or removed, as `kubectl get` takes it. */
  readonly objects: readonly (readonly string[])[];
  open(): Promise<unknown>;
  /** Ids of probes that must be open. */
  readonly found: readonly string[];
  /** Words that the detail of one of them must have. */
  readonly named: string;
}

const ns = (id: string) => `vcluster-tenant-${id}`;

function patch(object: readonly string[], body: unknown, type = 'merge'): Promise<string> {
  return host(['patch', ...object, `--type=${type}`, '-p', JSON.stringify(body)]);
}

interface HoleOptions {
  readonly object: readonly string[];
  readonly found: readonly string[];
  readonly named: string;
}

function patched(
  name: string,
  body: unknown,
  { object, found, named }: HoleOptions,
  type?: string,
): Hole {
  return { name, objects: [object], open: () => patch(object, body, type), found, named };
}

function removed(name: string, { object, found, named }: HoleOptions): Hole {
  return { name, objects: [object], open: () => host(['delete', ...object]), found, named };
}

function made(name: string, body: object, { object, found, named }: HoleOptions): Hole {
  return { name, objects: [object], open: () => hostApply(body), found, named };
}

const rbac = 'rbac.authorization.k8s.io';

function clusterBinding(name: string, role: string, subject: object): object {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [subject],
  };
}

const group = (name: string) => ({ apiGroup: rbac, kind: 'Group', name });

/** Whose holes they are: the ids of three tenants that are deployed. */
export interface HoleTenants {
  readonly alice: string;
  readonly bob: string;
  readonly carol: string;
}

/** Around the tenants: network, namespaces, rights, and what lies in their namespaces. */
export const namespaceHoles = ({ alice, bob, carol }: HoleTenants): readonly Hole[] => [
  patched(
    'a rule more in Bob’s policy lets everybody in',
    [{ op: 'add', path: '/spec/ingress/-', value: {} }],
    {
      object: ['networkpolicy', 'workload', '-n', ns(bob)],
      found: [`${bob}/host/drift`],
      named: 'NetworkPolicy/workload spec.ingress[1] added',
    },
    'json',
  ),
  made(
    'a policy more lets Alice out to everybody',
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'allow-egress', namespace: ns(alice) },
      spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
    },
    {
      object: ['networkpolicy', 'allow-egress', '-n', ns(alice)],
      found: [
        `${alice}/host/unexpected-objects`,
        `${alice}/network/app-pod@${bob}`,
        `${alice}/network/probe-pod-udp@${bob}`,
        `${alice}/network/host-dns-udp`,
        `${alice}/network/host-kubelet`,
        `${alice}/network/metadata`,
      ],
      named: 'NetworkPolicy/allow-egress',
    },
  ),
  removed('Carol’s default-deny is gone', {
    object: ['networkpolicy', 'default-deny', '-n', ns(carol)],
    found: [`${carol}/host/drift`],
    named: 'NetworkPolicy/default-deny missing',
  }),
  patched(
    'Bob’s namespace admits what is privileged',
    { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
    {
      object: ['namespace', ns(bob)],
      found: [
        `${bob}/host/drift`,
        `${bob}/hostile/host/privileged`,
        `${bob}/hostile/host/host-network`,
        `${bob}/hostile/host/host-pid`,
        `${bob}/hostile/host/root`,
        `${bob}/hostile/host/capability`,
      ],
      named: 'metadata.labels.pod-security.kubernetes.io/enforce differs',
    },
  ),
  patched(
    'Carol’s namespace has a label that others’ policies go by',
    { metadata: { labels: { 'access.example.com/database': 'yes' } } },
    {
      object: ['namespace', ns(carol)],
      found: [`${carol}/host/drift`],
      named: 'metadata.labels.access.example.com/database added',
    },
  ),
  removed('Bob has no quota', {
    object: ['resourcequota', `tenant-${bob}`, '-n', ns(bob)],
    found: [`${bob}/host/drift`, `${bob}/hostile/host/over-quota`],
    named: `ResourceQuota/tenant-${bob} missing`,
  }),
  patched(
    'Carol’s quota is raised',
    { spec: { hard: { pods: '1000' } } },
    {
      object: ['resourcequota', `tenant-${carol}`, '-n', ns(carol)],
      found: [`${carol}/host/drift`],
      named: `ResourceQuota/tenant-${carol} spec.hard.pods differs`,
    },
  ),
  removed('Alice has no limits', {
    object: ['limitrange', `tenant-${alice}`, '-n', ns(alice)],
    found: [`${alice}/host/drift`],
    named: `LimitRange/tenant-${alice} missing`,
  }),
  {
    name: 'the account of Bob’s pods may look around',
    objects: [['rolebinding', 'helpful', '-n', ns(bob)]],
    open: () =>
      host([
        '-n',
        ns(bob),
        'create',
        'rolebinding',
        'helpful',
        '--clusterrole=view',
        `--serviceaccount=${ns(bob)}:vc-workload-tenant-${bob}`,
      ]),
    found: [`${bob}/host/unexpected-objects`, `${bob}/host/rights@vc-workload-tenant-${bob}`],
    named: `RoleBinding vcluster-tenant-${bob}/helpful`,
  },
  made(
    'everybody who is known may look around',
    clusterBinding('tenantry-e2e-known', 'view', group('system:authenticated')),
    {
      object: ['clusterrolebinding', 'tenantry-e2e-known'],
      found: ['-/host/rights@system:authenticated'],
      named: 'ClusterRoleBinding tenantry-e2e-known',
    },
  ),
  made(
    'every account may look around',
    clusterBinding('tenantry-e2e-accounts', 'view', group('system:serviceaccounts')),
    {
      object: ['clusterrolebinding', 'tenantry-e2e-accounts'],
      found: ['-/host/rights@system:serviceaccounts'],
      named: 'ClusterRoleBinding tenantry-e2e-accounts',
    },
  ),
  made(
    'whoever is not known may look around',
    clusterBinding('tenantry-e2e-unknown', 'view', group('system:unauthenticated')),
    {
      object: ['clusterrolebinding', 'tenantry-e2e-unknown'],
      found: ['-/host/rights@system:unauthenticated'],
      named: 'ClusterRoleBinding tenantry-e2e-unknown',
    },
  ),
  made(
    'all accounts of Carol’s namespace may look around',
    clusterBinding('tenantry-e2e-carol', 'view', group(`system:serviceaccounts:${ns(carol)}`)),
    {
      object: ['clusterrolebinding', 'tenantry-e2e-carol'],
      found: [`${carol}/host/rights@group`],
      named: 'ClusterRoleBinding tenantry-e2e-carol',
    },
  ),
  made(
    'Alice’s syncer may do everything everywhere',
    clusterBinding('tenantry-e2e-alice', 'cluster-admin', {
      kind: 'ServiceAccount',
      name: `vc-tenant-${alice}`,
      namespace: ns(alice),
    }),
    {
      object: ['clusterrolebinding', 'tenantry-e2e-alice'],
      found: [
        `${alice}/host/rights@vc-tenant-${alice}`,
        `${alice}/host/syncer@kube-system`,
        `${alice}/host/syncer@${ns(bob)}`,
        `${alice}/hostile/host/read-pods`,
        `${alice}/hostile/host/read-nodes`,
      ],
      named: 'ClusterRoleBinding tenantry-e2e-alice',
    },
  ),
  {
    name: 'Carol’s Role has a right more',
    objects: [['role', `vc-tenant-${carol}`, '-n', ns(carol)]],
    open: () =>
      patch(
        ['role', `vc-tenant-${carol}`, '-n', ns(carol)],
        [
          {
            op: 'add',
            path: '/rules/-',
            value: { apiGroups: ['apps'], resources: ['statefulsets'], verbs: ['update'] },
          },
        ],
        'json',
      ),
    found: [`${carol}/host/chart-drift`, `${carol}/host/rights@vc-tenant-${carol}`],
    named: 'update apps/statefulsets',
  },
  {
    name: 'a Deployment lies in Bob’s namespace',
    objects: [['deployment', 'miner', '-n', ns(bob)]],
    open: () =>
      host(['-n', ns(bob), 'create', 'deployment', 'miner', '--image=miner', '--replicas=0']),
    found: [`${bob}/host/unexpected-objects`],
    named: 'Deployment/miner',
  },
  made(
    'a pod in Carol’s namespace has the marks of a synced one',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'forged',
        namespace: ns(carol),
        labels: { 'vcluster.loft.sh/managed-by': `tenant-${carol}` },
      },
      spec: {
        automountServiceAccountToken: false,
        // Nothing that runs is needed: it stays where its image is missing.
        containers: [
          {
            name: 'miner',
            image: 'tenantry-e2e/missing:1',
            imagePullPolicy: 'Never',
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              runAsNonRoot: true,
              runAsUser: 1,
              seccompProfile: { type: 'RuntimeDefault' },
            },
          },
        ],
      },
    },
    {
      object: ['pod', 'forged', '-n', ns(carol)],
      found: [`${carol}/host/unexpected-objects`],
      named: 'Pod/forged (unknown to the virtual cluster)',
    },
  ),
  patched(
    'Carol’s control plane has a sidecar',
    [
      // Its pod stays as it is.
      { op: 'replace', path: '/spec/updateStrategy', value: { type: 'OnDelete' } },
      {
        op: 'add',
        path: '/spec/template/spec/containers/-',
        value: { name: 'sidecar', image: 'sidecar' },
      },
    ],
    {
      object: ['statefulset', `tenant-${carol}`, '-n', ns(carol)],
      found: [`${carol}/host/chart-drift`],
      named: `StatefulSet/tenant-${carol} spec.template.spec.containers[1] added`,
    },
    'json',
  ),
];

function policy(name: string, named: string, found: readonly string[]): HoleOptions {
  return {
    object: ['validatingadmissionpolicy', `tenantry-${name}`],
    found: ['-/host/policies', ...found.map((id) => `alice/hostile/host/${id}`)],
    named: `ValidatingAdmissionPolicy/tenantry-${name} ${named}`,
  };
}

function binding(name: string, named: string, found: readonly string[]): HoleOptions {
  return {
    ...policy(name, named, found),
    object: ['validatingadmissionpolicybinding', `tenantry-${name}`],
    named: `ValidatingAdmissionPolicyBinding/tenantry-${name} ${named}`,
  };
}

const nobody = { matchLabels: { 'tenantry.dev/e2e': 'nobody' } };
const never = [{ name: 'never', expression: 'false' }];

/** What the host's admission policies refuse, one policy after the other. */
export const POLICY_HOLES: readonly Hole[] = [
  patched(
    'pods: a condition that never holds',
    { spec: { matchConditions: never } },
    policy('pods', 'spec.matchConditions[0]', [
      'toleration',
      'priority',
      'node-name',
      'runtime-class',
      'grace-period',
    ]),
  ),
  patched(
    'tenants’ pods: an object selector',
    { spec: { matchConstraints: { objectSelector: nobody } } },
    policy('tenant-pods', 'spec.matchConstraints.objectSelector.matchLabels added', [
      'unmarked',
      'unmark',
      'projected-token',
      'syncer-account',
      'anti-affinity',
      'affinity',
      'scheduler',
      'control-plane-image',
      'control-plane-labels',
      'ephemeral',
    ]),
  ),
  removed(
    'Secrets: no binding',
    binding('secrets', 'missing', [
      'token-secret',
      'helm-new',
      'helm-other',
      'helm-change',
      'helm-delete',
      'config-change',
      'config-delete',
    ]),
  ),
  patched(
    'ConfigMaps: noted, not refused',
    { spec: { validationActions: ['Audit'] } },
    binding('configmaps', 'spec.validationActions[0] differs', ['inventory', 'root-ca', 'huge']),
  ),
  removed(
    'pods’ status: no policy',
    policy('pod-status', 'missing', [
      'status-pod-ip',
      'status-host-ip',
      'status-phase',
      'status-labels',
      'status-control-plane',
    ]),
  ),
  patched(
    'metadata: updates only',
    [{ op: 'replace', path: '/spec/validations/0/expression', value: 'true' }],
    policy('metadata', 'spec.validations[0].expression differs', [
      'finalizer',
      'pod-finalizer',
      'claim-finalizer',
    ]),
    'json',
  ),
  patched(
    'claims: other namespaces only',
    { spec: { matchConstraints: { namespaceSelector: nobody } } },
    policy('claims', 'spec.matchConstraints.namespaceSelector.matchLabels.tenantry.dev/e2e added', [
      'foreign-class',
      'volume-name',
    ]),
  ),
  patched(
    'tenants’ claims: all but their deletion',
    [
      {
        op: 'replace',
        path: '/spec/matchConstraints/resourceRules/0/operations',
        value: ['UPDATE'],
      },
    ],
    policy('tenant-claims', 'spec.matchConstraints.resourceRules[0].operations[1] missing', [
      'claim-delete',
    ]),
    'json',
  ),
  patched(
    'Services: a rule less',
    [{ op: 'remove', path: '/spec/validations/0' }],
    policy('services', 'spec.validations', ['external-ips', 'service-external-ips']),
    'json',
  ),
  removed(
    'Services of control planes: no binding',
    binding('control-plane-services', 'missing', ['api-service', 'api-service-delete']),
  ),
  removed(
    'deletion of pods: no policy',
    policy('pod-deletion', 'missing', ['long-goodbye', 'control-plane-delete']),
  ),
  removed(
    'connections to pods: no policy',
    policy('pod-connections', 'missing', ['exec-control-plane', 'forward-control-plane']),
  ),
  {
    name: 'accounts: no binding, and a Role that allows everything in the namespace',
    objects: [
      ['validatingadmissionpolicybinding', 'tenantry-accounts'],
      ['role', 'vc-tenant-alice', '-n', ns('alice')],
    ],
    open: async () => {
      await host(['delete', 'validatingadmissionpolicybinding', 'tenantry-accounts']);
      const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
      await patch(['role', 'vc-tenant-alice', '-n', ns('alice')], { rules });
    },
    found: [
      '-/host/policies',
      'alice/host/chart-drift',
      'alice/host/rights@vc-tenant-alice',
      ...[
        'stateful-set-image',
        'stateful-set-scale',
        'stateful-set-delete',
        'deployment',
        'daemon-set',
        'job',
        'policy-delete',
        'policy-change',
        'quota',
        'limits',
        'own-role',
        'token',
        'endpoints',
        'endpoint-slice',
        'disruption-budget',
        'lease',
        'ingress',
        'network-policy',
        'role-binding',
      ].map((name) => `alice/hostile/host/${name}`),
    ],
    named: 'ValidatingAdmissionPolicyBinding/tenantry-accounts missing',
  },
];

/** What a run has not found of holes, or not named: every probe must be open, and one have the cause. */
export function missedHoles(holes: readonly Hole[], { rows }: Verification): readonly object[] {
  const open = new Map(
    rows.filter(({ verdict }) => verdict === 'open').map(({ id, detail }) => [id, detail]),
  );
  return holes.flatMap(({ name, found, named }) => {
    const notOpen = found.filter((id) => !open.has(id));
    const isNamed = found.some((id) => open.get(id)?.includes(named) === true);
    return notOpen.length === 0 && isNamed ? [] : [{ name, notOpen, isNamed }];
  });
}

/** Opens holes, and closes them again whatever comes of `action`: all objects as they were. */
export async function withHoles<T>(holes: readonly Hole[], action: () => Promise<T>): Promise<T> {
  const objects = holes.flatMap((hole) => hole.objects);
  const before = await Promise.all(objects.map((object) => look(object)));
  try {
    for (const hole of holes) await hole.open();
    return await action();
  } finally {
    const errors: unknown[] = [];
    for (const [index, object] of objects.entries()) {
      await putBack(object, before[index] ?? null).catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) process.stderr.write(`holes that stay open: ${errors.join('\n')}\n`);
  }
}

async function look(object: readonly string[]): Promise<KubeObject | null> {
  const text = await host(['get', ...object, '--ignore-not-found', '-o', 'json']);
  return text === '' ? null : (JSON.parse(text) as KubeObject);
}

const ROUNDS = 5;
const PAUSE_MILLISECONDS = 2000;

async function putBack(object: readonly string[], before: KubeObject | null): Promise<void> {
  for (let round = 1; ; round += 1) {
    try {
      await putBackOnce(object, before);
      return;
    } catch (error) {
      if (round === ROUNDS) throw error;
      await sleep(PAUSE_MILLISECONDS);
    }
  }
}

async function putBackOnce(object: readonly string[], before: KubeObject | null): Promise<void> {
  if (before === null) {
    await host(['delete', ...object, '--ignore-not-found', '--grace-period=0', '--force']);
    return;
  }
  const { resourceVersion: _version, uid: _uid, ...metadata } = before.metadata;
  const now = await look(object);
  const text = JSON.stringify({ ...before, metadata });
  await host([now === null ? 'create' : 'replace', '-f', '-'], text);
}
