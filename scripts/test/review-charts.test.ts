import { expect, test } from '@jest/globals';
import type { FileVersions } from '@tenantry/plan';
import { fleetVersions, review } from '@tenantry/plan';
import { chartChangesIn } from '../lib/review/render-charts.ts';

const file = (content: string) => ({ mode: '100644', text: content, isText: true });
const manifest = (version: string) => `{\n  "chartVersion": "${version}"\n}\n`;

function changed(path: string, before: string | null, after: string): FileVersions {
  return { path, before: before === null ? null : file(before), after: file(after) };
}

test('values and chart that change alike are rendered once; a new tenant has nothing to compare', () => {
  const files = ['alice', 'bob', 'carol', 'dora'].flatMap((id) => [
    changed(
      `${id}/vcluster.yaml`,
      id === 'dora' ? null : 'a: 1\n',
      id === 'carol' ? 'a: 3\n' : 'a: 2\n',
    ),
    changed(`${id}/tenant.json`, manifest('0.35.0'), manifest('0.36.0')),
  ]);
  expect(chartChangesIn(files, '/nowhere')).toEqual([
    {
      ids: ['alice', 'bob'],
      before: { values: 'a: 1\n', chartVersion: '0.35.0' },
      after: { values: 'a: 2\n', chartVersion: '0.36.0' },
    },
    {
      ids: ['carol'],
      before: { values: 'a: 1\n', chartVersion: '0.35.0' },
      after: { values: 'a: 3\n', chartVersion: '0.36.0' },
    },
  ]);
});

test("what the chart makes is told with its risks, a Secret's data as text", () => {
  const objects = (tag: string) => [
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'tenant-alice', namespace: 'vcluster-tenant-alice' },
      spec: { template: { metadata: { annotations: { tag } }, spec: { containers: [] } } },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'vc-config-tenant-alice', namespace: 'vcluster-tenant-alice' },
      data: { config: Buffer.from(`tag: ${tag}`).toString('base64') },
    },
  ];
  const ids = ['alice', 'bob'];
  const fleet = fleetVersions({ before: null, after: null }, { before: ids, after: ids });
  const charts = [{ ids, id: 'alice', before: objects('1'), after: objects('2') }];
  const [section] = review({ base: '', files: [], fleet, charts, notes: [] }, String).sections;
  expect(section?.tenants).toEqual(ids);
  expect(section?.changes).toMatchObject([
    {
      object: 'apps/v1 StatefulSet vcluster-tenant-<id>/tenant-<id>',
      risks: [{ rule: 'restart' }],
    },
    {
      object: 'v1 Secret vcluster-tenant-<id>/vc-config-tenant-<id>',
      fields: [{ path: 'data.config', from: 'tag: 1', to: 'tag: 2' }],
    },
  ]);
});
