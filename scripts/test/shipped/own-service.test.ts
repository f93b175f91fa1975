import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import type { V1Deployment } from '@tenantry/kube-library';
import type { ObjectOf } from '@tenantry/plan';
import { type RepositoryCopy, repositoryCopy } from '../helpers/repository-copy.ts';
import { root } from '../helpers/temp-workspace.ts';

/** A copy of this repository in which the two files of the text stand. */
let place: RepositoryCopy;
beforeAll(() => {
  place = repositoryCopy();
  place.write('services/shop/Dockerfile', 'FROM scratch\n');
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const [, code = ''] = /```ts\n(.*?)```/s.exec(text) ?? [];
  const [, ...files] = code.split(/^\/\/ (packages\/\S+)\n/m);
  for (let at = 0; at < files.length; at += 2) place.write(files[at] ?? '', files[at + 1] ?? '');
});
afterAll(() => place.remove());

test('the text that leads to a service of one’s own does: whatever runs there is the shop', () => {
  place.tenants([
    { id: 'alice', name: 'Alice', settings: { theme: 'dark' } },
    { id: 'bob', name: 'Bob' },
  ]);
  expect(place.run('scripts/synth.ts')).toMatchObject({ status: 0, stderr: '' });
  const read = (path: string) => readFileSync(join(place.dist, path), 'utf8');
  const { spec } = load(read('alice/virtual/deployment.shop.yaml')) as ObjectOf<V1Deployment>;
  const { image, env } = spec?.template.spec?.containers[0] ?? {};
  expect(image).toMatch(/^tenantry\/shop:[0-9a-f]{12}$/);
  expect(env).toEqual([{ name: 'THEME', value: 'dark' }]);
  expect(read('bob/virtual/deployment.shop.yaml')).toContain('value: light');
  expect(JSON.parse(read('alice/tenant.json'))).toMatchObject({ image });
  // No NodePort is asked for, so that there is none to take.
  expect(read('alice/host/resourcequota.tenant-alice.yaml')).toContain('services.nodeports: 0');
});

test('what its schema refuses is refused by line', () => {
  place.tenants([{ id: 'alice', name: 'Alice', settings: { theme: 'drak' } }]);
  expect(place.run('scripts/synth.ts')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('tenants[0].settings.theme: found "drak"; allowed: "light"'),
  });
});

test('it is typed', () => {
  const own = { extends: './tsconfig.json', include: ['packages/workload/src'] };
  place.write('tsconfig.own.json', JSON.stringify(own));
  const tsc = place.run('node_modules/typescript/bin/tsc', '--project', 'tsconfig.own.json');
  expect(tsc).toEqual({ status: 0, stdout: '', stderr: '' });
});
