import { expect, test } from '@jest/globals';
import { parseManifest, parseReleases } from '../lib/tools/helm.ts';
import { reasonsToUpgrade } from '../lib/deploy/vcluster-release.ts';

const deployed = { status: 'deployed', chart: 'vcluster-0.36.0', values: { a: { b: 1, c: 2 } } };
const tenant = { values: { a: { c: 2, b: 1 } }, chartVersion: '0.36.0' };

test('Helm has nothing to do where values, chart and state are as wanted, in whatever order', () => {
  expect(reasonsToUpgrade(deployed, tenant)).toEqual([]);
});

test.each([
  ['not installed', null],
  ['release is pending-upgrade', { ...deployed, status: 'pending-upgrade' }],
  ['release is failed', { ...deployed, status: 'failed' }],
  ['chart is vcluster-0.35.0', { ...deployed, chart: 'vcluster-0.35.0' }],
  ['values differ', { ...deployed, values: { a: { b: 2, c: 2 } } }],
  ['values differ', { ...deployed, values: null }],
])('Helm runs: %s', (reason, release) => {
  expect(reasonsToUpgrade(release, tenant)).toEqual([reason]);
});

test('an empty list of releases is empty, not null', () => {
  expect(parseReleases('null')).toEqual([]);
  expect(parseReleases('[]')).toEqual([]);
});

test('a rendered object is in its release unless it says otherwise or is of the whole cluster', () => {
  const manifest = [
    '---\n# Source: a\napiVersion: v1\nkind: Service\nmetadata: {name: a}',
    '---\napiVersion: v1\nkind: Service\nmetadata: {name: b, namespace: other}',
    '---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: c}',
    '---\n# nothing',
  ].join('\n');
  expect(parseManifest(manifest, 'ours').map(({ metadata }) => metadata)).toEqual([
    { name: 'a', namespace: 'ours' },
    { name: 'b', namespace: 'other' },
    { name: 'c' },
  ]);
});
