import { expect, test } from '@jest/globals';
import type { Change } from '../src/change.ts';
import { describeDone, describeDrift, describeObstacle } from '../src/describe.ts';
import type { Plan } from '../src/plan.ts';
import { parsePlans, planDifferences, planEvents, serializePlans } from '../src/plan-json.ts';
import { renderPlan } from '../src/render-plan.ts';

const update: Change = {
  layer: 'host',
  object: 'v1 ResourceQuota vcluster-tenant-alice/tenant-alice',
  kind: 'update',
  fields: [{ path: 'spec.hard.pods', from: '1000', to: '20' }],
  method: 'replace',
  force: true,
  leaves: [],
};
const conflict: Change = {
  layer: 'virtual',
  object: 'v1 ConfigMap default/tenant-id',
  kind: 'conflict',
  conflicts: [{ field: '.data.NAME', manager: 'kubectl-patch', subresource: '' }],
};
const RISK = {
  rule: 'pause',
  severity: 'low',
  object: 'control plane',
  what: 'active → paused',
  reason: 'its pods end',
  cure: 'tell it',
} as const;
const tenant = {
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
} as const;
const plan: Plan = {
  context: 'kind-tenantry',
  hostWide: [],
  risks: [],
  tenants: [
    {
      ...tenant,
      risks: [RISK],
      changes: [update, { layer: 'vcluster', kind: 'install', chartVersion: '0.36.0' }, conflict],
    },
    { ...tenant, id: 'bob', state: 'paused', deferred: ['v1 ConfigMap default/tenant-id'] },
    { ...tenant, id: 'carol' },
  ],
  waves: [{ name: 'rest', tenants: ['alice', 'bob', 'carol'] }],
  orphans: ['zoe'],
  note: false,
  dist: 'x',
};

test('a plan for people', () => {
  expect(renderPlan(plan)).toBe(`alice (active):
  ~ v1 ResourceQuota vcluster-tenant-alice/tenant-alice
      spec.hard.pods: "1000" → "20"
  + vcluster 0.36.0
  ! v1 ConfigMap default/tenant-id: conflict with "kubectl-patch": .data.NAME
    → take the change back, put it into tenants.json, or take the field over: pnpm run deploy alice --take-over
  ! low pause: control plane: active → paused: its pods end
    → tell it
bob (paused): nothing to change
  … v1 ConfigMap default/tenant-id: deferred until resume
zoe: orphan: live, but not in dist/; left alone
  → put it back into tenants.json, and pnpm offboard zoe where it is to go
3 changes in 1 of 3 tenants
risks: 1 low (pause)`);
});

test('of several waves each comes below its line, whether it changes or not', () => {
  const waves = [
    { name: 'canary', tenants: ['bob'] },
    { name: 'early', tenants: ['carol'] },
    { name: 'rest', tenants: ['alice'] },
  ];
  const lines = renderPlan({ ...plan, waves }).split('\n');
  expect(lines.slice(0, 5)).toEqual([
    'wave 1 of 3, canary: bob',
    'bob (paused): nothing to change',
    '  … v1 ConfigMap default/tenant-id: deferred until resume',
    'wave 2 of 3, early: carol',
    'wave 3 of 3, rest: alice',
  ]);
  expect(planEvents([{ ...plan, waves }]).slice(1, 4)).toEqual(
    waves.map((wave) => ({ event: 'wave', context: plan.context, ...wave })),
  );
});

test('of many orphans some are named and the rest is counted', () => {
  const orphans = Array.from({ length: 1010 }, (_, index) => `t${index}`);
  const lines = renderPlan({ ...plan, tenants: [{ ...tenant }], hostWide: [], orphans }).split(
    '\n',
  );
  expect(lines.filter((line) => line.includes(': orphan: '))).toHaveLength(10);
  expect(lines.slice(-3)).toEqual([
    '1,000 more orphans',
    '  → pnpm status names them all',
    'nothing to change: 1 of 1 tenants match dist/',
  ]);
});

test('nothing to do is one line', () => {
  const nothing = { ...plan, tenants: [{ ...tenant }], orphans: [] };
  expect(renderPlan(nothing)).toBe('nothing to change: 1 of 1 tenants match dist/');
});

test('a plan for machines ends with a summary', () => {
  expect(planEvents([plan]).at(-1)).toEqual({
    event: 'summary',
    tenants: 3,
    changed: 1,
    changes: 3,
    risks: 1,
    conflicts: 1,
    refused: 0,
    unseen: 0,
    empty: false,
  });
});

test('a saved plan comes back as it was; another file is refused', () => {
  const other = { ...plan, context: 'other' };
  expect(parsePlans(serializePlans([plan]))).toEqual([plan]);
  expect(parsePlans(serializePlans([plan, other]))).toEqual([plan, other]);
  const form = 'tenantry-plan-1';
  for (const file of [
    { form: 'other', plan },
    { form },
    { form, plans: {} },
    { form, plans: [1] },
  ]) {
    expect(() => parsePlans(JSON.stringify(file))).toThrow(form);
  }
});

test('what is used at the moment makes no saved plan another one', () => {
  const [alice] = plan.tenants;
  const now = { ...plan, tenants: [{ ...tenant, ...alice, risks: [] }, ...plan.tenants.slice(1)] };
  expect(planDifferences(plan, now)).toEqual([]);
});

test.each<[Change, readonly string[], readonly string[]]>([
  [
    update,
    ['ResourceQuota/tenant-alice changed'],
    ['ResourceQuota/tenant-alice differs in spec.hard.pods'],
  ],
  [
    { layer: 'host', object: 'v1 Pod n/a', kind: 'create' },
    ['Pod/a created'],
    ['Pod/a is missing'],
  ],
  [
    { layer: 'host', object: 'v1 Pod n/a', kind: 'delete' },
    ['v1 Pod n/a pruned'],
    ['Pod/a is no longer in dist/'],
  ],
  [
    { layer: 'virtual', object: 'v1 Pod n/a', kind: 'recreate', why: 'immutable' },
    ['Pod/a made anew'],
    ['Pod/a cannot be changed and is made anew'],
  ],
  [
    { layer: 'vcluster', object: 'v1 Service n/a', kind: 'create' },
    ['vcluster: drift in v1 Service n/a'],
    ['Service/a is missing'],
  ],
  [
    {
      layer: 'vcluster',
      kind: 'upgrade',
      reasons: [{ what: 'chart', from: '1', to: '2' }, { what: 'record' }],
      leaves: null,
    },
    ['vcluster: chart is vcluster-1', "vcluster: Helm's record is not the one that deploy left"],
    ["Helm's record is not the one that deploy left"],
  ],
  [
    { layer: 'vcluster', kind: 'scale', from: 1, to: 0, barePods: [] },
    ['was running: scaled to zero'],
    [],
  ],
  [
    { layer: 'vcluster', kind: 'scale', from: 0, to: 1, barePods: [] },
    ['vcluster: scaled from 0 to 1'],
    [],
  ],
  [
    { layer: 'vcluster', kind: 'forget-pause', annotations: ['loft.sh/paused'] },
    ['annotations of `vcluster pause` removed'],
    [],
  ],
  [conflict, [], ['conflict with kubectl-patch in ConfigMap/tenant-id: .data.NAME']],
])('%j in words', (change, done, drift) => {
  expect(describeDone(change).map(({ text }) => text)).toEqual(done);
  expect(describeDrift(change)).toEqual(drift);
});

test('an obstacle says what, why and what to do', () => {
  const refused: Change = {
    layer: 'virtual',
    object: 'v1 PersistentVolumeClaim default/a',
    kind: 'refused',
    why: 'spec is immutable',
  };
  expect(describeObstacle(refused, 'alice')).toMatch(/spec is immutable\n {2}→ delete it by hand/);
});

test('before an upgrade that leaves a version, the plan has a snapshot of it', () => {
  const upgrade: Change = {
    layer: 'vcluster',
    kind: 'upgrade',
    reasons: [{ what: 'chart', from: '0.36.0', to: '0.36.1' }],
    leaves: { vcluster: '0.36.0', kubernetes: '1.36.3' },
  };
  const tenants = plan.tenants.map((each) => ({ ...each, changes: [upgrade] }));
  const lines = renderPlan({ ...plan, tenants }).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      '  + snapshot of vcluster 0.36.0, Kubernetes 1.36.3, in archives/',
      '  ~ vcluster: chart is vcluster-0.36.0',
    ]),
  );
});
