import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { replaceWorkload } from '../../../scripts/lib/dev/example.ts';
import {
  type RepositoryCopy,
  repositoryCopy,
} from '../../../scripts/test/helpers/repository-copy.ts';
import { root } from '../../../scripts/test/helpers/temp-workspace.ts';

/** A copy of this repository whose workload is the shop. */
let place: RepositoryCopy;
beforeAll(() => {
  place = repositoryCopy();
  replaceWorkload(place.dir, 'examples/shop');
  place.tenants(readFileSync(join(root, 'examples/shop/tenants.json'), 'utf8'));
});
afterAll(() => place.remove());

const manifest = (id: string) =>
  JSON.parse(readFileSync(join(place.dist, id, 'tenant.json'), 'utf8')) as object;

test('in its place, the same synth makes the shop of each tenant, with its settings', () => {
  expect(place.run('scripts/synth.ts')).toMatchObject({ status: 0, stderr: '' });
  expect(manifest('rosa')).toMatchObject({
    image: expect.stringMatching(/^tenantry\/shop:[0-9a-f]{12}$/),
    images: { node: expect.stringMatching(/@sha256:/) },
    settings: { currency: '£', theme: 'dark' },
  });
  expect(manifest('theo')).toMatchObject({ settings: { currency: '$', theme: 'light' } });
  expect(readFileSync(join(place.dist, 'rosa/virtual/configmap.settings.yaml'), 'utf8')).toContain(
    'THEME: dark',
  );
  expect(place.run('scripts/synth.ts', '--check')).toMatchObject({ status: 0 });
});

test('it is typed there', () => {
  const own = { extends: './tsconfig.json', include: ['packages/workload/src'] };
  place.write('tsconfig.own.json', JSON.stringify(own));
  const tsc = place.run('node_modules/typescript/bin/tsc', '--project', 'tsconfig.own.json');
  expect(tsc).toEqual({ status: 0, stdout: '', stderr: '' });
});
