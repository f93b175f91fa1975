import { expect, test } from '@jest/globals';
import { fleetVersions } from '../src/review/tenants-file.ts';
import { renderReview } from '../src/review/render-review.ts';
import { review, type ReviewSection } from '../src/review/review.ts';
import type { FileVersions, TreeFile } from '../src/review/tree-file.ts';

const treeFile = (content: string): TreeFile => ({ mode: '100644', text: content, isText: true });

/** Writes objects as these tests do: two spaces, one key a line. */
const write = (value: object): string => yaml(value, '');

function yaml(value: object, indent: string): string {
  return Object.entries(value)
    .map(([key, child]: [string, unknown]) =>
      typeof child === 'object' && child !== null
        ? `${indent}${key}:\n${yaml(child, `${indent}  `)}`
        : `${indent}${key}: ${child === 'yes' ? '"yes"' : String(child)}\n`,
    )
    .join('');
}

const quota = (id: string, pods: number) =>
  write({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: `tenant-${id}`, namespace: `vcluster-tenant-${id}` },
    spec: { hard: { pods } },
  });

const configMap = (name: string, value = '1') =>
  write({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'app', namespace: 'default' },
    data: { name, value },
  });

interface Fleet {
  readonly tenants: readonly { readonly id: string; readonly name?: string }[];
  readonly plans?: object;
}

function reviewOf(
  files: readonly FileVersions[],
  before: Fleet,
  after: Fleet = before,
): ReturnType<typeof review> {
  const ids = (fleet: Fleet) => fleet.tenants.map(({ id }) => id);
  const fleet = fleetVersions(
    { before: treeFile(JSON.stringify(before)), after: treeFile(JSON.stringify(after)) },
    { before: ids(before), after: ids(after) },
  );
  return review({ base: 'main', files, fleet, charts: [], notes: [] }, write);
}

const change = (path: string, before: string | null, after: string | null): FileVersions => ({
  path,
  before: before === null ? null : treeFile(before),
  after: after === null ? null : treeFile(after),
});

const fleetOf = (...ids: readonly string[]): Fleet => ({
  tenants: ids.map((id) => ({ id, name: id.toUpperCase() })),
});

const objectsIn = ({ changes }: ReviewSection) => changes.map(({ object }) => object);

test('a thousand tenants with one change are one group; three that differ are named, each with its own', () => {
  const ids = Array.from({ length: 1000 }, (_, index) => `t${index}`);
  const odd = ['t5', 't50', 't500'];
  const files = ids.map((id) =>
    change(
      `${id}/host/quota.tenant-${id}.yaml`,
      quota(id, 20),
      quota(id, odd.includes(id) ? 9 + id.length : 30),
    ),
  );
  const { sections } = reviewOf(files, fleetOf(...ids));
  expect(sections.map(({ tenants }) => tenants.length)).toEqual([997, 1, 1, 1]);
  expect(sections[0]?.without).toEqual(odd);
  expect(sections.slice(1).map(({ tenants }) => tenants)).toEqual(odd.map((id) => [id]));
  expect(objectsIn(sections[0] as ReviewSection)).toEqual([
    'v1 ResourceQuota vcluster-tenant-<id>/tenant-<id>',
  ]);
  expect(objectsIn(sections[1] as ReviewSection)).toEqual([
    'v1 ResourceQuota vcluster-tenant-t5/tenant-t5',
  ]);
});

test.each([
  ['quotes around a name', ['Alice', '"yes"'], ['Alice', 'yes']],
  ['a name with quotes in it', ['A"lice', 'Bob'], ['A"lice', 'Bob']],
])('%s are no difference between tenants', (_, written, [alice, bob]) => {
  const files = ['alice', 'bob'].map((id, index) => {
    const name = written[index] ?? '';
    return change(`${id}/virtual/app.yaml`, configMap(name), configMap(name, '2'));
  });
  const fleet = {
    tenants: [
      { id: 'alice', name: alice ?? '' },
      { id: 'bob', name: bob ?? '' },
    ],
  };
  expect(reviewOf(files, fleet).sections.map(({ tenants }) => tenants)).toEqual([['alice', 'bob']]);
});

test('a renamed tenant is told apart, with both names', () => {
  const files = [change('alice/virtual/app.yaml', configMap('Alice'), configMap('Alicia'))];
  const before = { tenants: [{ id: 'alice', name: 'Alice' }] };
  const after = { tenants: [{ id: 'alice', name: 'Alicia' }] };
  const lines = renderReview(reviewOf(files, before, after));
  expect(lines).toContain('data.name: "Alice" → "Alicia"');
  expect(lines).toContain('name: "Alice" → "Alicia"');
});

test("another tenant's name, or what stands for a name, is never taken out", () => {
  const ids = ['alice', 'bob', 'carol'];
  const after = { alice: 'alice', bob: 'carol', carol: '\uE000' } as const;
  const files = ids.map((id) =>
    change(`${id}/host/quota.yaml`, quota(id, 1), quota(after[id as keyof typeof after], 1)),
  );
  const different = files.filter(({ before, after: is }) => before?.text !== is?.text);
  expect(reviewOf(different, fleetOf(...ids)).sections.map(({ tenants }) => tenants)).toEqual([
    ['bob'],
    ['carol'],
  ]);
});

test("a plan's figure stands above the quotas that follow from it", () => {
  const plan = (pods: number) => ({ small: { pods } });
  const files = ['alice', 'bob'].map((id) =>
    change(`${id}/host/quota.yaml`, quota(id, 20), quota(id, 30)),
  );
  const fleet = fleetOf('alice', 'bob');
  const text = renderReview(
    reviewOf(files, { ...fleet, plans: plan(20) }, { ...fleet, plans: plan(30) }),
  );
  expect(text).toBe(`plan small, and with it 2 tenants (alice, bob):
  ~ plans.small.pods: 20 → 30
  ~ v1 ResourceQuota vcluster-tenant-<id>/tenant-<id>
      spec.hard.pods: 20 → 30
3 changes in 2 of 2 tenants, against main
risks: none`);
});

test('who names no plan is on the default one, wherever it stands among the plans', () => {
  const plans = (pods: number) => ({ large: { pods: 90 }, small: { pods } });
  const files = [change('alice/host/quota.yaml', quota('alice', 20), quota('alice', 30))];
  const fleet = fleetOf('alice');
  const before = { ...fleet, plans: plans(20) };
  const text = renderReview(reviewOf(files, before, { ...fleet, plans: plans(30) }));
  expect(text).toContain('plan small, and with it alice:\n');
});

test('a tenant that comes is told field by field, one that goes is told as a whole', () => {
  const files = [
    change('bob/virtual/app.yaml', null, configMap('BOB')),
    change('alice/virtual/app.yaml', configMap('ALICE'), null),
    change('alice/tenant.json', '{"state":"active","chartVersion":"0.36.0"}', null),
  ];
  const text = renderReview(reviewOf(files, fleetOf('alice'), fleetOf('bob')));
  expect(text).toContain('new: bob:\n');
  expect(text).toContain('      data.name: "BOB"\n');
  expect(text).toMatch(/gone: alice:\n(?:.*\n)*? {6}! high end: it is no longer in dist\//);
  expect(text).toContain(' in 2 of 2 tenants, against main\n');
});

test.each([
  ['a comment', configMap('A'), configMap('A').replace('data:', 'data: # here')],
  ['another order of fields', 'data:\n  a: 1\n  b: 2\n', 'data:\n  b: 2\n  a: 1\n'],
  ['a line break at the end', configMap('A'), configMap('A').trimEnd()],
  ['a carriage return', configMap('A'), configMap('A').replaceAll('\n', '\r\n')],
  ['what is no YAML', configMap('A'), '{{ .Values }}'],
  ['an alias', configMap('A'), `x: &x 1\ny: *x\n${configMap('A')}`],
])('%s is told line by line', (_, before, after) => {
  const header = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';
  const whole = (content: string) => (content.startsWith('data') ? header + content : content);
  const file = change('alice/virtual/app.yaml', whole(before), whole(after));
  const [section] = reviewOf([file], fleetOf('alice')).sections;
  expect(section?.changes.map(({ kind, object }) => [kind, object])).toEqual([
    ['raw', 'virtual/app.yaml'],
  ]);
  expect(section?.changes[0]?.lines).not.toEqual([]);
});

test.each(['[]\n', '{}\n', '{\n'])(
  'a file that synth never writes is told: chart.json, %j',
  (text) => {
    const [section] = reviewOf([change('a/chart.json', null, text)], fleetOf('a')).sections;
    expect(section?.changes).not.toEqual([]);
  },
);

test('a comment beside a change of a field is told as well', () => {
  const file = change('a/virtual/app.yaml', configMap('A'), `${configMap('A', '2')}# end\n`);
  const [section] = reviewOf([file], fleetOf('a')).sections;
  expect(section?.changes.map(({ kind }) => kind)).toEqual(['update', 'raw']);
});

test('a file that becomes a link, or may be run, is told line by line', () => {
  const file = (mode: string): FileVersions => ({
    path: 'a/virtual/app.yaml',
    before: treeFile(configMap('A')),
    after: { ...treeFile(configMap('A')), mode },
  });
  for (const mode of ['100755', '120000']) {
    const [section] = reviewOf([file(mode)], fleetOf('a')).sections;
    expect(section?.changes.flatMap(({ lines }) => lines)).toEqual([`+ \\ mode ${mode}`]);
  }
});

test('tenants.json that cannot be read is told line by line, and said', () => {
  const fleet = fleetVersions(
    { before: treeFile('{"tenants": []}\n'), after: treeFile('{"tenants": [\n') },
    { before: [], after: [] },
  );
  const { sections, notes } = review(
    { base: 'main', files: [], fleet, charts: [], notes: [] },
    write,
  );
  expect(sections.map(({ changes }) => changes.map(({ lines }) => lines))).toEqual([
    [['- {"tenants": []}', '+ {"tenants": [']],
  ]);
  expect(notes).toHaveLength(1);
});

test('what Flux has of tenants is told with them, of several hosts too, and of none for all', () => {
  const suspended = (id: string, suspend: boolean) =>
    write({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'virtual', namespace: `vcluster-tenant-${id}` },
      spec: { suspend },
    });
  const path = 'vcluster/kustomization.virtual.yaml';
  const files = [
    change(`_flux/alice/${path}`, suspended('alice', false), suspended('alice', true)),
    change(`_flux/eu-1/bob/${path}`, suspended('bob', false), suspended('bob', true)),
    change('_flux/eu-1/app.yaml', configMap('a'), configMap('b')),
    change('_flux/app.yaml', configMap('a'), configMap('b')),
  ];
  const { sections } = reviewOf(files, fleetOf('alice', 'bob', 'carol', 'dave', 'erin'));
  expect(sections.map(({ kind, tenants }) => [kind, tenants])).toEqual([
    ['host-wide', []],
    ['changed', ['alice', 'bob']],
  ]);
  expect(sections.map(({ changes }) => changes.map(({ kind }) => kind))).toEqual([
    ['update', 'update'],
    ['update'],
  ]);
});
