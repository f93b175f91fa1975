import { describe, expect, test } from '@jest/globals';
import { fingerprintOf } from '../src/content.ts';
import type { Answer, Write } from '../src/dry-run.ts';
import type { KubeObject } from '../src/kube-object.ts';
import type { Observed, ObservedTenant } from '../src/observed.ts';
import { isEmpty, plan } from '../src/plan.ts';
import { appliedIn } from '../src/record.ts';
import type { WantedTenant } from '../src/wanted.ts';
import {
  alice,
  appliedOf,
  CONFIG_MAP,
  living,
  NAMESPACE_OBJECT,
  object,
  observed,
  observedAlice,
  QUOTA,
  recordOf,
  release,
  seen,
  statefulSet,
} from './fixture.ts';

function planOf(wanted: WantedTenant, tenant: ObservedTenant | null, rest: Partial<Observed> = {}) {
  return plan({ hostWide: [], tenants: [wanted], known: ['alice'] }, observed(tenant, rest));
}

function changesOf(wanted: WantedTenant, tenant: ObservedTenant | null) {
  return planOf(wanted, tenant).tenants[0]?.changes;
}

const quotaOf = (pods: string) => ({ spec: { hard: { pods } } });
const QUOTA_NAME = 'v1 ResourceQuota vcluster-tenant-alice/tenant-alice';
const CONFIG_MAP_NAME = 'v1 ConfigMap default/tenant-id';

/** Alice's host objects as they live, of which what is not known is asked for. */
function onHost(live: readonly KubeObject[], wanted = alice(), answer?: (write: Write) => Answer) {
  const applied = appliedIn('host', recordOf(alice()).applied);
  const all = [living(NAMESPACE_OBJECT), ...live];
  return {
    host: seen('host', wanted.hostObjects, all, { applied, ...(answer && { answer }) }),
  };
}

function inside(live: readonly KubeObject[], wanted = alice(), answer?: (write: Write) => Answer) {
  const applied = appliedIn('virtual', recordOf(alice()).applied);
  const objects = seen('virtual', wanted.virtualObjects, live, {
    applied,
    ...(answer && { answer }),
  });
  return { virtual: { kind: 'seen', seen: objects } as const };
}

test('nothing changed: nothing to do, and nothing to note', () => {
  const found = planOf(alice(), observedAlice());
  expect(found.tenants).toEqual([
    {
      id: 'alice',
      state: 'active',
      obstacle: null,
      changes: [],
      deferred: [],
      unseen: null,
      leftAlone: [],
      forged: [],
      risks: [],
      note: false,
    },
  ]);
  expect(found.waves).toEqual([{ name: 'rest', tenants: ['alice'] }]);
  expect(isEmpty(found)).toBe(true);
});

test('what is noted of a Secret does not depend on what it says', () => {
  const secret = (data: object) => living(object('Secret', 'db', { data }));
  const noted = (data: object) => fingerprintOf('virtual', secret(data), secret(data));
  expect(noted({ pin: 'MTIzNA==' })).toBe(noted({ pin: 'NDMyMQ==' }));
});

test('a new tenant: its namespace first, then all of the host, its vcluster, what is inside', () => {
  expect(changesOf(alice(), null)).toEqual([
    { layer: 'host', object: 'v1 Namespace vcluster-tenant-alice', kind: 'create' },
    { layer: 'host', object: QUOTA_NAME, kind: 'create' },
    { layer: 'vcluster', kind: 'install', chartVersion: '0.36.0' },
    { layer: 'virtual', object: CONFIG_MAP_NAME, kind: 'create' },
  ]);
});

describe('an object', () => {
  test('that is missing is created', () => {
    expect(changesOf(alice(), observedAlice(onHost([])))).toEqual([
      { layer: 'host', object: QUOTA_NAME, kind: 'create' },
    ]);
  });

  test('that is wanted otherwise is updated, with the fields that differ', () => {
    const wanted = alice({ hostObjects: [{ ...QUOTA, ...quotaOf('30') }, NAMESPACE_OBJECT] });
    expect(changesOf(wanted, observedAlice(onHost([living(QUOTA)], wanted)))).toEqual([
      {
        layer: 'host',
        object: QUOTA_NAME,
        kind: 'update',
        fields: [{ path: 'spec.hard.pods', from: '20', to: '30' }],
        method: 'replace',
        force: true,
        leaves: [],
      },
    ]);
  });

  test('that is wanted below what is used is a risk, told with its name', () => {
    const wanted = alice({ hostObjects: [{ ...QUOTA, ...quotaOf('5') }, NAMESPACE_OBJECT] });
    const used = living(QUOTA, { status: { used: { pods: '7' } } });
    const [tenant] = planOf(wanted, observedAlice(onHost([used], wanted))).tenants;
    expect(tenant?.risks).toMatchObject([
      { rule: 'quota-below-use', object: QUOTA_NAME, what: 'pods: 7 used, 5 allowed' },
    ]);
  });

  test('that somebody has changed is put right', () => {
    const changes = changesOf(alice(), observedAlice(onHost([living(QUOTA, quotaOf('1000'))])));
    expect(changes).toMatchObject([
      { kind: 'update', fields: [{ path: 'spec.hard.pods', from: '1000', to: '20' }] },
    ]);
  });

  test('to which somebody has added a field loses it again', () => {
    const added = living(QUOTA, { spec: { hard: { pods: '20' }, scopes: ['BestEffort'] } });
    expect(changesOf(alice(), observedAlice(onHost([added])))).toMatchObject([
      { kind: 'update', fields: [{ path: 'spec.scopes', from: ['BestEffort'] }] },
    ]);
  });

  test('keeps labels of others, its status and what its cluster fills in: no change, but noted', () => {
    const labelled = living(QUOTA, { status: { used: {} } }, { labels: { cost: 'x' } });
    const [tenant] = planOf(alice(), observedAlice(onHost([labelled]))).tenants;
    expect(tenant).toMatchObject({ changes: [], note: true });
  });

  test('that left dist/ is deleted where the inventory has it, and only in the namespace', () => {
    const old = object('ResourceQuota', 'old');
    const record = recordOf(alice());
    const inventory = {
      ...record.inventory,
      host: [...record.inventory.host, 'v1 ResourceQuota vcluster-tenant-alice/old'].concat(
        'v1 Namespace vcluster-tenant-bob',
      ),
    };
    const tenant = observedAlice({
      record: { ...record, inventory },
      ...onHost([living(QUOTA), living(old)]),
    });
    expect(planOf(alice(), tenant).tenants[0]).toMatchObject({
      changes: [
        { layer: 'host', object: 'v1 ResourceQuota vcluster-tenant-alice/old', kind: 'delete' },
      ],
      leftAlone: ['v1 Namespace vcluster-tenant-bob'],
    });
  });

  test('with a field that cannot be changed is made anew', () => {
    const wanted = alice({ virtualObjects: [{ ...CONFIG_MAP, data: { NAME: 'A' } }] });
    const answer = (write: Write): Answer => ({
      write,
      kind: 'refused',
      message: 'data: Forbidden: field is immutable when `immutable` is set',
      immutable: true,
    });
    expect(changesOf(wanted, observedAlice(inside([living(CONFIG_MAP)], wanted, answer)))).toEqual([
      {
        layer: 'virtual',
        object: CONFIG_MAP_NAME,
        kind: 'recreate',
        why: 'data: Forbidden: field is immutable when `immutable` is set',
      },
    ]);
  });

  test('that holds data is not made anew: it is refused', () => {
    const claim = object('PersistentVolumeClaim', 'notes', {}, { namespace: 'default' });
    const wanted = alice({ virtualObjects: [{ ...claim, spec: { storageClassName: 'fast' } }] });
    const answer = (write: Write): Answer => ({
      write,
      kind: 'refused',
      message: 'spec is immutable',
      immutable: true,
    });
    expect(changesOf(wanted, observedAlice(inside([living(claim)], wanted, answer)))).toMatchObject(
      [{ kind: 'refused', why: 'spec is immutable' }],
    );
  });

  test('that another manager has set is a conflict, with the field and the manager', () => {
    const conflicts = [{ field: '.data.NAME', manager: 'kubectl-patch', subresource: '' }];
    const answer = (write: Write): Answer => ({ write, kind: 'conflict', conflicts });
    const live = living(CONFIG_MAP, { data: { NAME: 'Robert' } });
    expect(changesOf(alice(), observedAlice(inside([live], alice(), answer)))).toEqual([
      { layer: 'virtual', object: CONFIG_MAP_NAME, kind: 'conflict', conflicts },
    ]);
  });

  test('that is being deleted is refused', () => {
    const going = living(QUOTA, {}, { deletionTimestamp: '2026-11-25T00:00:00Z' });
    expect(changesOf(alice(), observedAlice(onHost([going])))).toEqual([
      { layer: 'host', object: QUOTA_NAME, kind: 'refused', why: 'it is being deleted' },
    ]);
  });

  test('of a namespace that is being deleted: nothing else is said', () => {
    const namespace = living(NAMESPACE_OBJECT, {}, { deletionTimestamp: '2026-11-25T00:00:00Z' });
    expect(planOf(alice(), observedAlice({ namespace })).tenants[0]).toMatchObject({
      obstacle: { what: expect.stringContaining('is being deleted') },
      changes: [],
    });
  });
});

describe('a release', () => {
  const records = (changes: object, refused: { secret: string; why: string }[] = []) => ({
    keeper: 'deploy' as const,
    secrets: 'other',
    records: { newest: release(changes), refused },
    chart: { wanted: [], seen: { live: new Map(), answers: new Map() } },
    live: new Map(),
  });

  test.each([
    ['status', { status: 'failed' }, { what: 'status', status: 'failed' }],
    ['chart', { chart: 'vcluster-0.35.0' }, { what: 'chart', from: '0.35.0', to: '0.36.0' }],
    ['values', { values: { a: 2 } }, { what: 'values', fields: [{ path: 'a', from: 2, to: 1 }] }],
    ['record', { digest: 'sha256:other' }, { what: 'record' }],
  ])('is upgraded, with the reason: %s', (_, changed, reason) => {
    expect(changesOf(alice(), observedAlice({ release: records(changed) }))).toEqual([
      { layer: 'vcluster', kind: 'upgrade', reasons: [reason] },
    ]);
  });

  test('of which a record is forged: it is deleted, and Helm runs', () => {
    const forged = [{ secret: 'sh.helm.release.v1.tenant-alice.v9', why: 'it names a Namespace' }];
    const tenant = observedAlice({ release: records({}, forged) });
    expect(planOf(alice(), tenant).tenants[0]).toMatchObject({
      forged,
      changes: [{ kind: 'upgrade', reasons: [{ what: 'record' }] }],
    });
  });

  test('of which the records have been written again, as they were: only noted', () => {
    const [tenant] = planOf(alice(), observedAlice({ release: records({}) })).tenants;
    expect(tenant).toMatchObject({ changes: [], note: true });
  });

  test('of which Flux keeps the records: by its values, not for whose the record is', () => {
    const kept = (changes: object) =>
      changesOf(alice(), observedAlice({ release: { ...records(changes), keeper: 'flux' } }));
    expect(kept({ digest: 'sha256:other' })).toEqual([]);
    expect(kept({ values: { a: 2 } })).toMatchObject([
      { kind: 'upgrade', reasons: [{ what: 'values' }] },
    ]);
  });

  test('a sidecar that somebody added to the control plane goes again', () => {
    const container = (name: string) => ({ name, image: 'x' });
    const wanted = object(
      'StatefulSet',
      'tenant-alice',
      { spec: { template: { spec: { containers: [container('syncer')] } } } },
      { apiVersion: 'apps/v1' },
    );
    const live = living(wanted, {
      spec: {
        replicas: 1,
        template: { spec: { containers: [container('syncer'), container('spy')] } },
      },
    });
    const chart = { wanted: [wanted], seen: seen('vcluster', [wanted], [live]) };
    const changes = changesOf(alice(), observedAlice({ release: { ...records({}), chart } }));
    expect(changes).toMatchObject([
      {
        layer: 'vcluster',
        kind: 'update',
        fields: [{ path: 'spec.template.spec.containers[spy]', from: container('spy') }],
      },
    ]);
  });

  test('of which an object is missing: it is created', () => {
    const service = object('Service', 'tenant-alice-headless');
    const chart = { wanted: [service], seen: seen('vcluster', [service], []) };
    expect(changesOf(alice(), observedAlice({ release: { ...records({}), chart } }))).toEqual([
      {
        layer: 'vcluster',
        object: 'v1 Service vcluster-tenant-alice/tenant-alice-headless',
        kind: 'create',
      },
    ]);
  });
});

describe("a tenant's life", () => {
  const paused = alice({ state: 'paused' });
  const pod = (name: string, owners?: string) =>
    living(
      object('Pod', name),
      {},
      {
        labels: { 'vcluster.loft.sh/managed-by': 'tenant-alice' },
        annotations: {
          'vcluster.loft.sh/object-name': name,
          'vcluster.loft.sh/object-namespace': 'shop',
          ...(owners !== undefined && { 'vcluster.loft.sh/owner-references': owners }),
        },
      },
    );

  test.each([['paused'], ['offboarding']] as const)(
    '%s, but running: it is held at zero, its pods go, and bare ones are named',
    (state) => {
      const running = observedAlice({
        virtual: { kind: 'none' },
        pods: [pod('web', '[{}]'), pod('job')],
      });
      expect(changesOf(alice({ state }), running)).toEqual([
        { layer: 'vcluster', kind: 'scale', from: 1, to: 0, barePods: ['shop/job'] },
        { layer: 'vcluster', kind: 'remove-pods', pods: 2 },
      ]);
    },
  );

  test('paused, and so it is: nothing to do; a change inside waits for the resume', () => {
    const other = { ...CONFIG_MAP, data: { NAME: 'Other' } };
    expect(planOf(paused, observedAlice({}, paused)).tenants[0]).toMatchObject({
      changes: [],
      deferred: [],
    });
    const later = planOf({ ...paused, virtualObjects: [other] }, observedAlice({}, paused));
    expect(later.tenants[0]).toMatchObject({ changes: [], deferred: [CONFIG_MAP_NAME] });
  });

  test('paused, and its control plane is ending still: it is waited for', () => {
    const tenant = observedAlice({ controlPlane: [pod('tenant-alice-0')] }, paused);
    expect(changesOf(paused, tenant)).toEqual([
      { layer: 'vcluster', kind: 'remove-pods', pods: 0 },
    ]);
  });

  test('active, but at zero: it is scaled up, and what is inside is not seen yet', () => {
    const tenant = observedAlice({
      statefulSet: statefulSet(0),
      virtual: { kind: 'unseen', why: 'its control plane does not run' },
    });
    expect(planOf(alice(), tenant).tenants[0]).toMatchObject({
      changes: [{ kind: 'scale', from: 0, to: 1, barePods: [] }],
      unseen: 'its control plane does not run',
    });
  });

  test('resumed by its values: the upgrade starts the control plane, once', () => {
    const tenant = observedAlice({
      statefulSet: statefulSet(0),
      virtual: { kind: 'unseen', why: 'its control plane does not run' },
      release: {
        keeper: 'deploy',
        secrets: 'known',
        records: { newest: release({ values: { a: 0 } }), refused: [] },
        chart: null,
        live: new Map(),
      },
    });
    expect(changesOf(alice(), tenant)).toMatchObject([{ kind: 'upgrade' }]);
  });

  test("the notes of somebody's `vcluster pause` go", () => {
    const notes = { 'loft.sh/paused': 'true', 'loft.sh/paused-replicas': '1', other: '' };
    const tenant = observedAlice({ statefulSet: statefulSet(0, notes) }, paused);
    expect(changesOf(paused, tenant)).toEqual([
      {
        layer: 'vcluster',
        kind: 'forget-pause',
        annotations: ['loft.sh/paused', 'loft.sh/paused-replicas'],
      },
    ]);
  });
});

describe('what all tenants share', () => {
  const policy = (name: string, spec: object = {}): KubeObject => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec,
  });

  test('is compared whole, and what left dist/_host goes, but not what is of others', () => {
    const wanted = policy('tenantry-pods', { failurePolicy: 'Fail' });
    const live = [
      living(wanted, { spec: { failurePolicy: 'Fail', matchConditions: [{ name: 'never' }] } }),
      living(policy('tenantry-old')),
      living(policy('somebody-elses')),
    ];
    const found = plan(
      { hostWide: [wanted], tenants: [], known: [] },
      observed(null, { hostWide: seen('host-wide', [wanted], live) }),
    );
    expect(found.hostWide).toMatchObject([
      {
        kind: 'update',
        fields: [{ path: 'spec.matchConditions', from: [{ name: 'never' }] }],
      },
      {
        kind: 'delete',
        object: 'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy tenantry-old',
      },
    ]);
  });

  test('is not compared again where it is known', () => {
    const wanted = policy('tenantry-pods');
    const applied = appliedIn('host-wide', appliedOf('host-wide', [wanted]));
    expect(seen('host-wide', [wanted], [living(wanted)], { applied }).answers.size).toBe(0);
  });
});

test('an orphan is live and not in dist/, asked for or not', () => {
  const { orphans } = plan(
    { hostWide: [], tenants: [alice()], known: ['alice', 'bob'] },
    observed(observedAlice(), { live: ['alice', 'bob', 'zoe'] }),
  );
  expect(orphans).toEqual(['zoe']);
});
