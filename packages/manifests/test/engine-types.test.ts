import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { readDefinition } from './definition.ts';

test.each(['ApplicationSet', 'HelmRelease', 'Kustomization', 'OCIRepository'])(
  'the types of the spec of %ss are what its CustomResourceDefinition says',
  async (kind) => {
    const { schema, origin } = readDefinition(kind);
    const spec = { ...(schema.properties['spec'] as JSONSchema), title: `${kind}Spec` };
    const wanted = await compile(spec, `${kind}Spec`, {
      bannerComment: `/* Generated from ${origin}; see packages/manifests/crds/update.ts. */`,
      additionalProperties: false,
      // Inside jest the formatting takes seconds.
      format: false,
    });
    const file = join(import.meta.dirname, '../src/generated', `${kind.toLowerCase()}.ts`);
    // After another schema: TENANTRY_UPDATE=1 pnpm test packages/manifests/test/engine-types
    if (process.env['TENANTRY_UPDATE'] === '1') writeFileSync(file, wanted);
    const found = existsSync(file) ? readFileSync(file, 'utf8') : '';
    expect(found === wanted).toBe(true);
  },
);
