import { gzipSync } from 'node:zlib';
import { spawnSync } from 'node:child_process';
import { holderOf } from '../lib/kube/lease.ts';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  type Done,
  hashOf,
  isEmpty,
  type KubeObject,
  type ObjectChange,
  type ObjectOf,
  parseRecords,
  type Plan,
  planDifferences,
  renderPlan,
  serializePlans,
  somethingDone,
  systemNamespaceObject,
} from '@tenantry/plan';
import type { V1StatefulSet } from '@tenantry/kube-library';
import { LAST_WAVE } from '@tenantry/tenants';
import { textReport } from './helpers/text-report.ts';
import { connectionsOf } from '../lib/cluster/connections.ts';
import { applyChanges } from '../lib/deploy/apply-changes.ts';
import { type Appliance, dnsConfiguration } from '../lib/deploy/apply-tenant.ts';
import { deployTenant } from '../lib/deploy/deploy-tenant.ts';
import { applyHostWide } from '../lib/deploy/host-wide.ts';
import { makePlan } from '../lib/deploy/make-plan.ts';
import type { TenantDist } from '../lib/dist/read.ts';
import { apiError, type FakeApi, fakeApi } from './helpers/fake-api.ts';

const NAMESPACE = 'vcluster-tenant-alice';
const PLACE = { name: 'tenant-alice', namespace: NAMESPACE };
const QUOTA = `v1 ResourceQuota ${NAMESPACE}/tenant-alice`;
const CONFIG_MAP = 'v1 ConfigMap default/tenant-id';
const LABELS = { 'app.kubernetes.io/managed-by': 'tenantry', 'tenantry.dev/tenant': 'alice' };

function alice(changes: Partial<TenantDist> = {}): TenantDist {
  return {
    id: 'alice',
    name: 'Alice',
    state: 'active',
    plan: 'small',
    host: 'default',
    hostContext: 'kind-tenantry',
    image: 'tenantry/app:1',
    images: { app: 'tenantry/app:1' },
    settings: {},
    chartVersion: '0.36.0',
    wave: LAST_WAVE,
    valuesFile: '/values',
    values: { controlPlane: { statefulSet: { highAvailability: { replicas: 1 } } } },
    hostObjects: [
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'tenant-alice', namespace: NAMESPACE, labels: LABELS },
        spec: { hard: { pods: '20' } },
      },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: LABELS } },
    ],
    pauseObjects: [],
    virtualObjects: [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'tenant-id', namespace: 'default' },
        data: { NAME: 'Alice' },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'fixture-app', namespace: 'default' },
        spec: { replicas: 1, template: { spec: { containers: [{ name: 'app' }] } } },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'fixture-public', namespace: 'default' },
        spec: { selector: { app: 'fixture-app' } },
      },
    ],
    ...changes,
  };
}

const paused = (changes: Partial<TenantDist> = {}) =>
  alice({
    state: 'paused',
    values: { controlPlane: { statefulSet: { highAvailability: { replicas: 0 } } } },
    ...changes,
  });

let host: FakeApi;
let inside: FakeApi;
let installs: number;
let said: string[];

beforeEach(() => {
  host = fakeApi();
  inside = fakeApi('virtual');
  inside.put({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'default' },
  });
  inside.put({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace: 'kube-system' },
    spec: { replicas: 1 },
  });
  installs = 0;
  said = [];
});

const CHART_LABELS = { app: 'vcluster', release: 'tenant-alice' };

function chart(replicas: number): readonly KubeObject[] {
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'tenant-alice', labels: CHART_LABELS },
      spec: { replicas, template: { spec: { containers: [{ name: 'syncer' }] } } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'tenant-alice-headless', labels: CHART_LABELS },
      spec: { clusterIP: 'None' },
    },
  ];
}

/** What Helm does, as far as it shows on the host. */
function helm({ values }: TenantDist, status = 'deployed') {
  installs += 1;
  const { replicas } = (
    values as { controlPlane: { statefulSet: { highAvailability: { replicas: number } } } }
  ).controlPlane.statefulSet.highAvailability;
  const objects = chart(replicas);
  for (const object of objects) {
    const { name, labels } = object.metadata;
    host.put({
      ...object,
      metadata: {
        name,
        namespace: NAMESPACE,
        labels: { ...labels, 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: {
          'meta.helm.sh/release-name': 'tenant-alice',
          'meta.helm.sh/release-namespace': NAMESPACE,
        },
      },
    });
  }
  const record = {
    ...PLACE,
    version: installs,
    info: { status },
    chart: { metadata: { name: 'vcluster', version: '0.36.0' } },
    config: values,
    manifest: objects.map((object) => `---\n${JSON.stringify(object)}`).join('\n'),
  };
  const packed = gzipSync(JSON.stringify(record)).toString('base64');
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `sh.helm.release.v1.tenant-alice.v${installs}`,
      namespace: NAMESPACE,
      labels: { owner: 'helm', name: 'tenant-alice' },
    },
    data: { release: Buffer.from(packed).toString('base64') },
  };
  host.put(secret);
  controlPlanePod(replicas);
  const { newest } = parseRecords([secret], PLACE);
  if (newest === null) throw new Error('the fake record is no record');
  return newest;
}

const OWNED = {
  ownerReferences: [
    { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'tenant-alice', uid: 'uid' },
  ],
};

/** The StatefulSet's pod, which is there where there are replicas. */
function controlPlanePod(replicas: number): void {
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'tenant-alice-0',
      namespace: NAMESPACE,
      labels: CHART_LABELS,
      ...OWNED,
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  };
  if (replicas > 0) host.put(pod);
  else host.drop(`v1 Pod ${NAMESPACE}/tenant-alice-0`);
}

function syncedPod(name: string): void {
  host.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: { 'vcluster.loft.sh/managed-by': 'tenant-alice' },
    },
  });
}

function connections() {
  return connectionsOf(host.client, async () => ({
    client: inside.client,
    [Symbol.asyncDispose]: async () => undefined,
  }));
}

const asItIs: Appliance['reveal'] = async (_id, object) => object;

async function lookAt(tenant: TenantDist, takeOver = false, reveal = asItIs) {
  const dist = { hostWide: [systemNamespaceObject()], tenants: [tenant], known: ['alice'] };
  return makePlan(connections(), dist, { reveal, takeOver });
}

/** A deploy, but for what it runs: Helm, Docker and the check of the service. */
async function deployed(
  tenant: TenantDist,
  changes: Partial<Appliance> = {},
): Promise<readonly string[]> {
  const takeOver = changes.takeOver ?? false;
  const { reveal = asItIs } = changes;
  const { plan, observed } = await lookAt(tenant, takeOver, reveal);
  await applyHostWide(
    host.client,
    [systemNamespaceObject()],
    plan,
    observed,
    new AbortController().signal,
  );
  const appliance: Appliance = {
    connections: connections(),
    report: textReport((text) => said.push(text)),
    install: async (wanted) => helm(wanted),
    snapshot: async () => somethingDone('snapshot kept'),
    endPods: async () => {
      controlPlanePod(0);
      host.drop(`v1 Pod ${NAMESPACE}/web`);
      return [somethingDone('1 pods deleted')];
    },
    check: async ({ name }) => `Hello ${name}`,
    mayBeMade: async () => undefined,
    reveal,
    takeOver,
    signal: new AbortController().signal,
    ...changes,
  };
  const { changes: done } = await deployTenant(appliance, tenant, plan, observed);
  return done.map(({ text }) => text);
}

/** What is written from now on. */
function forgetWrites(): void {
  host.writes.length = 0;
  inside.writes.length = 0;
}

const writes = () => [...host.writes, ...inside.writes];

test('a new tenant: all is made, the inventory before it, and said', async () => {
  expect(await deployed(alice())).toEqual([
    `Namespace/${NAMESPACE} created`,
    'ResourceQuota/tenant-alice created',
    'vcluster: installed',
    'ConfigMap/tenant-id created',
    'Deployment/fixture-app created',
    'Service/fixture-public created',
  ]);
  expect(said.at(-1)).toContain('alice: Hello Alice');
  const inventory = host.writes.indexOf('PATCH v1 ConfigMap tenantry-system/inventory-alice');
  expect(inventory).toBeGreaterThan(-1);
  expect(inventory).toBeLessThan(host.writes.indexOf(`PATCH ${QUOTA}`));
});

describe('what Kubernetes never changes of a control plane that lives is refused, and nothing is written:', () => {
  const statefulSet = `apps/v1 StatefulSet ${NAMESPACE}/tenant-alice`;
  const values = (claim: object = {}, scheduling: object = {}) => ({
    controlPlane: {
      statefulSet: {
        highAvailability: { replicas: 1 },
        persistence: { volumeClaim: { size: '2Gi', ...claim } },
        scheduling,
      },
    },
  });

  test.each([
    ['the storage class', values({ storageClass: 'fast' }), 'volumeClaim.storageClass'],
    ['the size', values({ size: '3Gi' }), 'volumeClaim.size'],
    ['the access modes', values({ accessModes: ['ReadWriteMany'] }), 'volumeClaim.accessModes'],
    [
      'the order of pods',
      values({}, { podManagementPolicy: 'OrderedReady' }),
      'scheduling.podManagementPolicy',
    ],
  ])('%s', async (_, wanted, named) => {
    await deployed(alice({ values: values() }));
    const live = host.get(statefulSet);
    const claim = {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '2Gi' } },
    };
    host.put({
      ...live,
      spec: {
        ...(live?.['spec'] as object),
        podManagementPolicy: 'Parallel',
        volumeClaimTemplates: [{ spec: claim }],
      },
    } as KubeObject);
    forgetWrites();
    await expect(deployed(alice({ values: wanted }))).rejects.toThrow(
      new RegExp(`nothing was written: .*${named} is [^]*→ set it back in tenants.json`),
    );
    expect(writes()).toEqual([]);
    expect(installs).toBe(1);
  });
});

test('a second deploy and a plan write nothing, and compare nothing again', async () => {
  await deployed(alice());
  forgetWrites();
  host.reads.length = 0;
  inside.reads.length = 0;
  expect(await deployed(alice())).toEqual([]);
  expect(writes()).toEqual([]);
  expect(isEmpty((await lookAt(alice())).plan)).toBe(true);
  // A list for all tenants, never an object by itself.
  expect(host.reads.filter((read) => read.startsWith('GET'))).toEqual([]);
  expect(inside.reads.filter((read) => read.startsWith('GET'))).toHaveLength(6);
  expect(said.at(-1)).toMatch(/^alice: nothing changed \(.*\nalice: Hello Alice\n$/s);
});

describe('a tenant with a route', () => {
  const parentRef = { namespace: 'gateway', name: 'public' };
  const route = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'tenant-alice', namespace: NAMESPACE, labels: LABELS },
    spec: { parentRefs: [parentRef], hostnames: ['alice.example'] },
  };
  const named = () => alice({ hostObjects: [...alice().hostObjects, route] });
  const reference = `gateway.networking.k8s.io/v1 HTTPRoute ${NAMESPACE}/tenant-alice`;

  /** What the Gateway writes once it has seen the route. */
  function answer(status: 'True' | 'False'): void {
    const conditions = ['Accepted', 'ResolvedRefs'].map((type) => ({ type, status }));
    host.put({
      ...(host.get(reference) ?? route),
      status: { parents: [{ parentRef, conditions }] },
    });
  }

  test('is deployed when its Gateway has taken it, and then asked for it no more', async () => {
    const install: Appliance['install'] = async (tenant) => {
      answer('True');
      return helm(tenant);
    };
    expect(await deployed(named(), { install })).toContain('HTTPRoute/tenant-alice created');
    host.reads.length = 0;
    expect(await deployed(named())).toEqual([]);
    expect(host.reads.filter((read) => read === 'LIST HTTPRoute')).toHaveLength(1);
  });

  test.each([true, false])('is not while it has not, something to write: %s', async (isNew) => {
    const install: Appliance['install'] = async (tenant) => {
      answer(isNew ? 'False' : 'True');
      return helm(tenant);
    };
    if (!isNew) {
      await deployed(named(), { install });
      answer('False');
    }
    const signal = AbortSignal.timeout(1500);
    await expect(deployed(named(), { install, signal })).rejects.toThrow(/timeout/);
  });
});

test.each([
  ['active', alice],
  ['paused', paused],
])(
  'before Helm runs, the copy of the DNS configuration goes that the syncer would keep: %s',
  async (_, tenant) => {
    await deployed(tenant());
    host.put(dnsConfiguration('alice'));
    await deployed(tenant());
    const copy = `v1 ConfigMap ${NAMESPACE}/coredns-x-kube-system-x-tenant-alice`;
    expect(host.get(copy)).toBeDefined();
    let left = host.get(copy);
    const install: Appliance['install'] = async (wanted) => {
      left = host.get(copy);
      return helm(wanted);
    };
    await deployed(tenant({ chartVersion: '0.36.1' }), { install });
    expect([installs, left]).toEqual([2, undefined]);
  },
);

test('where Helm only ends what it had begun, the copy stays: a syncer may know it by now', async () => {
  const changed = () => alice({ values: { ...(alice().values as object), sync: {} } });
  await deployed(alice());
  helm(changed(), 'pending-upgrade');
  host.put(dnsConfiguration('alice'));
  forgetWrites();
  await deployed(changed());
  expect(installs).toBe(3);
  expect(host.writes).not.toContain(
    `DELETE v1 ConfigMap ${NAMESPACE}/coredns-x-kube-system-x-tenant-alice`,
  );
});

describe('an upgrade that leaves a version', () => {
  const reference = `apps/v1 StatefulSet ${NAMESPACE}/tenant-alice`;
  const later = () => alice({ chartVersion: '0.36.1' });
  beforeEach(async () => {
    await deployed(alice());
    const containers = [{ name: 'syncer', image: 'loft-sh/vcluster-oss:0.36.0' }];
    const there = host.get(reference) as KubeObject;
    host.put({ ...there, spec: { replicas: 1, template: { spec: { containers } } } });
    forgetWrites();
  });

  test('has a snapshot of it before, and says where', async () => {
    const done: string[] = [];
    const replicas = () => (host.get(reference) as ObjectOf<V1StatefulSet>).spec?.replicas;
    const steps: Partial<Appliance> = {
      snapshot: async (id, { vcluster }) => {
        done.push(`snapshot of ${id} ${vcluster}, replicas ${replicas()}`);
        return somethingDone('snapshot in archives/x');
      },
      install: async (tenant) => {
        done.push('install');
        return helm(tenant);
      },
    };
    expect(await deployed(later(), steps)).toContain('snapshot in archives/x');
    expect(done).toEqual(['snapshot of alice 0.36.0, replicas 1', 'install']);
  });

  test('and a pause at once is paused first, whatever becomes of the snapshot', async () => {
    const pods = () => (host.get(`v1 Pod ${NAMESPACE}/web`) === undefined ? 0 : 1);
    syncedPod('web');
    let left: readonly unknown[] = [];
    const snapshot = () => {
      const there = host.get(reference) as ObjectOf<V1StatefulSet>;
      left = [there.spec?.replicas, pods()];
      return Promise.reject(new Error('no snapshot'));
    };
    const once = paused({ chartVersion: '0.36.1' });
    await expect(deployed(once, { snapshot })).rejects.toThrow('no snapshot');
    expect([left, installs]).toEqual([[0, 0], 1]);
    expect(await deployed(once)).toContain('snapshot kept');
    expect(installs).toBe(2);
  });

  test('is none where no snapshot can be taken', async () => {
    const snapshot = () => Promise.reject(new Error('no snapshot'));
    await expect(deployed(later(), { snapshot })).rejects.toThrow('no snapshot');
    expect(installs).toBe(1);
    expect(host.writes.filter((write) => !/inventory-alice|Lease/.test(write))).toEqual([]);
  });

  test('is none where Helm runs for its values alone', async () => {
    const snapshot = () => Promise.reject(new Error('not asked for'));
    const values = { controlPlane: { statefulSet: { highAvailability: { replicas: 1 }, x: 1 } } };
    expect(await deployed(alice({ values }), { snapshot })).toEqual(['vcluster: values differ']);
  });
});

test('what only says the same in other words is noted once, and then known', async () => {
  await deployed(alice());
  const quota = host.get(QUOTA);
  host.put({
    ...(quota as KubeObject),
    metadata: { ...(quota as KubeObject).metadata, annotations: { cost: 'x' } },
  });
  forgetWrites();
  expect(await deployed(alice())).toEqual([]);
  expect(writes()).toContain('PATCH v1 ConfigMap tenantry-system/inventory-alice');
  forgetWrites();
  expect(await deployed(alice())).toEqual([]);
  expect(writes()).toEqual([]);
});

describe('drift', () => {
  beforeEach(() => deployed(alice()));

  test('of the host and of the chart is put right, each alone, and Helm does not run', async () => {
    host.put({
      ...(host.get(QUOTA) as KubeObject),
      spec: { hard: { pods: '1000' }, scopes: ['BestEffort'] },
    });
    host.drop(`v1 Service ${NAMESPACE}/tenant-alice-headless`);
    expect(await deployed(alice())).toEqual([
      'ResourceQuota/tenant-alice changed',
      `vcluster: drift in v1 Service ${NAMESPACE}/tenant-alice-headless`,
    ]);
    expect(host.get(QUOTA)?.['spec']).toEqual({ hard: { pods: '20' } });
    expect(installs).toBe(1);
    forgetWrites();
    expect(await deployed(alice())).toEqual([]);
    expect(writes()).toEqual([]);
  });

  test('a sidecar beside the control plane goes, and how many of it run stays', async () => {
    const reference = `apps/v1 StatefulSet ${NAMESPACE}/tenant-alice`;
    const containers = [{ name: 'syncer' }, { name: 'spy' }];
    host.put({
      ...(host.get(reference) as KubeObject),
      spec: { replicas: 1, template: { spec: { containers } } },
    });
    expect(await deployed(alice())).toEqual([`vcluster: drift in ${reference}`]);
    expect(host.get(reference)?.['spec']).toMatchObject({
      replicas: 1,
      template: { spec: { containers: [{ name: 'syncer' }] } },
    });
  });

  test('a record of Helm that somebody else has written makes Helm run', async () => {
    const name = 'sh.helm.release.v1.tenant-alice.v1';
    const secret = host.get(`v1 Secret ${NAMESPACE}/${name}`) as KubeObject;
    host.put({ ...secret, data: { release: 'forged' } });
    expect((await lookAt(alice())).plan.tenants[0]).toMatchObject({
      changes: [{ kind: 'install' }],
      forged: [{ secret: name }],
    });
  });

  test('what left dist/ goes after what is new is there', async () => {
    const more = (name: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default' },
    });
    const with_ = (name: string) =>
      alice({ virtualObjects: [...alice().virtualObjects, more(name)] });
    await deployed(with_('old'));
    forgetWrites();
    expect(await deployed(with_('new'))).toEqual([
      'ConfigMap/new created',
      'v1 ConfigMap default/old pruned',
    ]);
    expect(inside.writes).toEqual([
      'PATCH v1 ConfigMap default/new',
      'DELETE v1 ConfigMap default/old',
    ]);
  });
});

describe('a service that another one takes the place of', () => {
  /** A Deployment of another name, which the Service leads to. */
  const renamed = (kind = 'Deployment'): TenantDist => {
    const [config, deployment, service] = alice().virtualObjects as [
      KubeObject,
      KubeObject,
      KubeObject,
    ];
    const next = { ...deployment, kind, metadata: { name: 'next', namespace: 'default' } };
    return alice({
      virtualObjects: [config, next, { ...service, spec: { selector: { app: 'next' } } }],
    });
  };
  beforeEach(async () => {
    await deployed(alice());
    forgetWrites();
  });

  test('is led away from and goes once the new one runs', async () => {
    expect(await deployed(renamed())).toEqual([
      'Deployment/next created',
      'Service/fixture-public changed',
      'apps/v1 Deployment default/fixture-app pruned',
    ]);
    expect(inside.writes).toEqual([
      'PATCH apps/v1 Deployment default/next',
      'PATCH v1 Service default/fixture-public',
      'DELETE apps/v1 Deployment default/fixture-app',
    ]);
  });

  test('goes on answering where the new one never runs; a deploy that follows ends it', async () => {
    // No DaemonSet of the fake is ever rolled out.
    const signal = AbortSignal.timeout(300);
    await expect(deployed(renamed('DaemonSet'), { signal })).rejects.toThrow();
    expect(inside.writes).toEqual(['PATCH apps/v1 DaemonSet default/next']);
    expect(inside.get('v1 Service default/fixture-public')?.['spec']).toMatchObject({
      selector: { app: 'fixture-app' },
    });
    expect(inside.get('apps/v1 Deployment default/fixture-app')).toBeDefined();
    await deployed(renamed());
    expect(inside.get('apps/v1 Deployment default/fixture-app')).toBeUndefined();
    expect(inside.get('apps/v1 DaemonSet default/next')).toBeUndefined();
  });
});

describe('a conflict', () => {
  const conflict = apiError(409, 'Apply failed with 1 conflict', [
    {
      reason: 'FieldManagerConflict',
      message: 'conflict with "kubectl-patch" using v1',
      field: '.data.NAME',
    },
  ]);

  beforeEach(async () => {
    await deployed(alice());
    inside.put({ ...(inside.get(CONFIG_MAP) as KubeObject), data: { NAME: 'Robert' } });
    inside.refuse(CONFIG_MAP, conflict);
    forgetWrites();
  });

  test('is said with field, manager and the way out; the rest is done and said', async () => {
    host.drop(QUOTA);
    await expect(deployed(alice())).rejects.toThrow(
      /conflict with "kubectl-patch": \.data\.NAME\n.*--take-over/s,
    );
    expect(said.join('')).toMatch(/^alice: ResourceQuota\/tenant-alice created .*then it failed$/m);
    expect(inside.get(CONFIG_MAP)?.['data']).toEqual({ NAME: 'Robert' });
    expect(inside.writes).toEqual([]);
  });

  test('is taken over where it is asked for', async () => {
    expect(await deployed(alice(), { takeOver: true })).toEqual(['ConfigMap/tenant-id changed']);
    expect(inside.get(CONFIG_MAP)?.['data']).toEqual({ NAME: 'Alice' });
  });
});

describe('a pause', () => {
  beforeEach(async () => {
    await deployed(alice());
    syncedPod('web');
  });

  test('scales first, then Helm runs beside the end of the pods; then nothing more', async () => {
    expect((await deployed(paused())).toSorted()).toEqual([
      '1 pods deleted',
      'vcluster: values differ',
      'was running: scaled to zero',
    ]);
    expect(said.at(-1)).toContain('alice: skipped: paused');
    forgetWrites();
    expect(await deployed(paused())).toEqual([]);
    expect(writes()).toEqual([]);
  });

  test('leaves what is inside for the resume, which brings it', async () => {
    const [configMap, ...others] = alice().virtualObjects;
    const renamed = [{ ...(configMap as KubeObject), data: { NAME: 'Other' } }, ...others];
    await deployed(paused({ virtualObjects: renamed }));
    expect((await lookAt(paused({ virtualObjects: renamed }))).plan.tenants[0]?.deferred).toEqual([
      CONFIG_MAP,
    ]);
    expect(await deployed(alice({ virtualObjects: renamed }))).toEqual([
      'vcluster: values differ',
      'ConfigMap/tenant-id changed',
    ]);
  });
});

describe('a tenant that another deploy holds', () => {
  const lease = (holderIdentity: string, renewTime = new Date().toISOString()): KubeObject => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'tenant-alice', namespace: 'tenantry-system' },
    spec: { holderIdentity, leaseDurationSeconds: 30, renewTime },
  });
  const elsewhere = 'ci@runner, process 7';
  beforeEach(async () => {
    await deployed(alice());
    host.drop(QUOTA);
  });
  const isMended = async () => {
    expect(await deployed(alice())).toEqual(['ResourceQuota/tenant-alice created']);
    expect(host.get('coordination.k8s.io/v1 Lease tenantry-system/tenant-alice')).toBeUndefined();
  };

  test('is left as long as that one is at work, and its holder named', async () => {
    host.put(lease(elsewhere));
    const renewal = setInterval(() => host.put(lease(elsewhere)), 200);
    try {
      await expect(deployed(alice())).rejects.toThrow(`it is being changed by ${elsewhere}`);
    } finally {
      clearInterval(renewal);
    }
    expect(host.get(QUOTA)).toBeUndefined();
  });

  test('is taken over where the lease has run out', async () => {
    host.put(lease(elsewhere, '2020-01-01T00:00:00Z'));
    await isMended();
  });

  test('is taken over at once where the holder was killed on this machine', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    host.put(lease(holderOf(pid)));
    await isMended();
  });

  test('is waited for where that one is about to end', async () => {
    host.put(lease(elsewhere));
    setTimeout(() => host.drop('coordination.k8s.io/v1 Lease tenantry-system/tenant-alice'), 200);
    await isMended();
  });

  test('and takes from this one is left before the next write, and its holder named', async () => {
    const changed = alice({ chartVersion: '0.36.1' });
    const install: Appliance['install'] = async (wanted) => {
      const release = helm(wanted);
      // This process was asleep until the lease had run out.
      host.put(lease(elsewhere));
      jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 40_000);
      forgetWrites();
      return release;
    };
    await expect(deployed(changed, { install })).rejects.toThrow(
      `its lease was taken over by ${elsewhere}, which holds it now`,
    );
    jest.restoreAllMocks();
    expect(writes()).toEqual([]);
    expect(said.join('')).toMatch(
      /ResourceQuota\/tenant-alice created, vcluster: .*, then it failed$/m,
    );
    expect(
      host.get('coordination.k8s.io/v1 Lease tenantry-system/tenant-alice')?.['spec'],
    ).toMatchObject({ holderIdentity: elsewhere });
  });
});

test('what a policy refuses by what the namespace was a moment ago is tried again', async () => {
  await deployed(alice());
  const update = (object: string): ObjectChange => ({
    layer: 'host',
    kind: 'update',
    object,
    fields: [],
    method: 'replace',
    force: true,
    leaves: [],
  });
  const changes = [update(`v1 Namespace ${NAMESPACE}`), update(QUOTA)];
  const carrier = {
    client: host.client,
    reveal: async (object: KubeObject) => object,
    notes: { set: () => {}, forget: () => {} },
    said: [] as Done[],
  };
  host.refuse(QUOTA, apiError(403, 'forbidden'));
  setTimeout(() => host.refuse(QUOTA, null), 300);
  await applyChanges(carrier, alice().hostObjects, changes);
  expect(carrier.said.map(({ text }) => text)).toEqual([
    `Namespace/${NAMESPACE} changed`,
    'ResourceQuota/tenant-alice changed',
  ]);
});

test('where it fails, what was done before is said, and taken up again', async () => {
  const fails = async () => {
    throw new Error('no chart');
  };
  await expect(deployed(alice(), { install: fails })).rejects.toThrow('no chart');
  expect(said.join('')).toMatch(/ResourceQuota\/tenant-alice created .*, then it failed$/m);
  const changes = await deployed(alice());
  expect(changes[0]).toBe('vcluster: installed');
});

test('a saved plan is known as another one where the world has moved on', async () => {
  await deployed(alice());
  host.drop(QUOTA);
  const { plan: saved } = await lookAt(alice());
  const kept = JSON.parse(JSON.stringify(saved)) as Plan;
  expect(planDifferences(kept, (await lookAt(alice())).plan)).toEqual([]);
  inside.drop(CONFIG_MAP);
  expect(planDifferences(kept, (await lookAt(alice())).plan)).toEqual([
    'alice: what a deploy would do has changed',
  ]);
  expect(planDifferences(kept, (await lookAt(paused())).plan)).toContain(
    'dist/ or secrets/ has changed',
  );
});

describe('a Secret that is encrypted where it is kept', () => {
  const SECRET = 'v1 Secret default/db';
  const PASSWORD = 'correct horse';
  const secret = (data: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'default' },
    data,
  });
  const withSecret = (encrypted: string) =>
    alice({ virtualObjects: [...alice().virtualObjects, secret({ password: encrypted })] });
  const sending =
    (password: string): Appliance['reveal'] =>
    async (_id, object) =>
      object.kind === 'Secret' ? secret({ password }) : object;
  const noKey: Appliance['reveal'] = async (_id, object) => {
    if (object.kind === 'Secret') throw new Error('secrets/alice.yaml cannot be decrypted');
    return object;
  };

  test('is applied in clear, inside only', async () => {
    const changes = await deployed(withSecret('ENC[1]'), { reveal: sending(PASSWORD) });
    expect(changes).toContain('Secret/db created');
    expect(inside.get(SECRET)?.['data']).toEqual({ password: PASSWORD });
    expect(host.get(SECRET)).toBeUndefined();
  });

  test('is known as unchanged without being decrypted', async () => {
    await deployed(withSecret('ENC[1]'), { reveal: sending(PASSWORD) });
    forgetWrites();
    expect(await deployed(withSecret('ENC[1]'), { reveal: noKey })).toEqual([]);
    expect(writes()).toEqual([]);
  });

  test('that is encrypted anew and says the same is noted, and not written', async () => {
    await deployed(withSecret('ENC[1]'), { reveal: sending(PASSWORD) });
    forgetWrites();
    expect(await deployed(withSecret('ENC[2]'), { reveal: sending(PASSWORD) })).toEqual([]);
    expect(inside.writes).toEqual([]);
    expect(await deployed(withSecret('ENC[2]'), { reveal: noKey })).toEqual([]);
  });

  test('that changes is planned by the names of its keys, and its values are nowhere but inside', async () => {
    await deployed(withSecret('ENC[1]'), { reveal: sending('battery staple') });
    const changed = withSecret('ENC[2]');
    const { plan } = await lookAt(changed, false, sending(PASSWORD));
    expect(plan.tenants[0]?.changes).toMatchObject([
      {
        kind: 'update',
        object: SECRET,
        fields: [{ path: 'data.password', from: '***', to: '***' }],
      },
    ]);
    await deployed(changed, { reveal: sending(PASSWORD) });
    const inventory = host.get('v1 ConfigMap tenantry-system/inventory-alice');
    const seen = [renderPlan(plan), serializePlans([plan]), JSON.stringify(inventory), ...said];
    for (const value of [PASSWORD, 'battery staple', hashOf(PASSWORD)]) {
      expect(seen.join('\n')).not.toContain(value);
    }
    expect(inside.get(SECRET)?.['data']).toEqual({ password: PASSWORD });
  });

  test('that somebody has changed inside is put back', async () => {
    await deployed(withSecret('ENC[1]'), { reveal: sending(PASSWORD) });
    inside.put(secret({ password: 'mine' }));
    expect(await deployed(withSecret('ENC[1]'), { reveal: sending(PASSWORD) })).toEqual([
      'Secret/db changed',
    ]);
  });

  test('that cannot be decrypted stops its tenant before anything is written', async () => {
    await expect(deployed(withSecret('ENC[1]'), { reveal: noKey })).rejects.toThrow(
      'secrets/alice.yaml cannot be decrypted',
    );
    expect(writes().filter((write) => !/tenantry-system|Lease/.test(write))).toEqual([]);
    expect(installs).toBe(0);
  });

  test('goes from the cluster when it has left the file', async () => {
    await deployed(withSecret('ENC[1]'), { reveal: sending(PASSWORD) });
    expect(await deployed(alice())).toEqual([`${SECRET} pruned`]);
  });
});
