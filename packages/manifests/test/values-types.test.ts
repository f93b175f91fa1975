import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

const schemaFile = join(import.meta.dirname, '../../tenants/vcluster.schema.json');
const typesFile = join(import.meta.dirname, '../src/generated/vcluster-values.ts');

test('the types of vcluster’s values are what its schema says', async () => {
  const { $id: _, ...schema }: JSONSchema = JSON.parse(readFileSync(schemaFile, 'utf8'));
  const wanted = await compile({ ...schema, title: 'VclusterValues' }, 'VclusterValues', {
    bannerComment: '/* Generated from packages/tenants/vcluster.schema.json; see its test. */',
    additionalProperties: false,
    // Inside jest the formatting takes seconds.
    format: false,
  });
  // After another schema: TENANTRY_UPDATE=1 pnpm test packages/manifests/test/values-types
  if (process.env['TENANTRY_UPDATE'] === '1') writeFileSync(typesFile, wanted);
  const found = existsSync(typesFile) ? readFileSync(typesFile, 'utf8') : '';
  expect(found === wanted).toBe(true);
});
