import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { validatorOf } from './definition.ts';
import { alice, bob, differences, treeOf } from './fleet.ts';

const argocd = { repository: 'https://git.example.com/acme/tenants.git' };
const hosts = { a: { context: 'a' }, b: { context: 'b' } };
const tenants = [
  { ...alice, host: 'a' },
  { ...bob, host: 'b' },
];
const tree = treeOf(tenants, { hosts, argocd });
const sets = [...tree]
  .filter(([path]) => path.startsWith('_argocd/'))
  .map(([path, text]) => [path, text, parse(text)] as const);

describe('the ApplicationSets', () => {
  test('are all that is new in dist/', () => {
    expect(differences(treeOf(tenants, { hosts }), tree)).toEqual(sets.map(([path]) => path));
  });

  test.each(sets)('%s fits its schema, and says that nobody has tried it', (_, text, object) => {
    expect(validatorOf('ApplicationSet')(object)).toEqual([]);
    expect(text).toMatch(/^# .*No Argo CD has applied it/);
  });

  test('name directories and files that are there', () => {
    const named = sets.flatMap(([, , { spec }]) => [
      ...spec.generators.flatMap(({ list }: { list?: { elements: { directory: string }[] } }) =>
        (list?.elements ?? []).map(({ directory }) => `${directory}/`),
      ),
      ...spec.template.spec.sources.flatMap(
        ({ path, helm }: { path?: string; helm?: { valueFiles: string[] } }) => [
          ...(path === undefined ? [] : [`${path}/`]),
          ...(helm?.valueFiles ?? []),
        ],
      ),
    ]);
    const paths = named
      .map((path: string) => path.replace(/^(\$values\/)?dist\//, '').replace('{{.id}}', 'alice'))
      .filter((path: string) => path !== '{{.directory}}/');
    expect(paths.sort()).toEqual([
      '_hosts/a/',
      '_hosts/b/',
      'alice/host/',
      'alice/vcluster.yaml',
      'alice/virtual/',
    ]);
    for (const path of paths) {
      expect([path, [...tree.keys()].some((file) => file.startsWith(path))]).toEqual([path, true]);
    }
  });

  test('take from a tenant’s tenant.json no key that it has not', () => {
    const keys = Object.keys(JSON.parse(tree.get('alice/tenant.json') ?? '{}') as object);
    const used = sets
      .filter(([, , { spec }]) => 'git' in spec.generators[0])
      .flatMap(([, text]) => [...text.matchAll(/\{\{\.(\w+)\}\}/g)].map(([, key = '']) => key));
    expect([...new Set(used)].sort()).toEqual(['chartVersion', 'hostContext', 'id']);
    for (const key of used) expect(keys).toContain(key);
  });
});
