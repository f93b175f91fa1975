import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@jest/globals';
import { jsonSchema } from '@tenantry/tenants';

const file = join(import.meta.dirname, '../../../packages/tenants/tenants.schema.json');

test('tenants.schema.json is what the parser checks', () => {
  const wanted = `${JSON.stringify(jsonSchema(), null, 2)}\n`;
  if (process.env['TENANTRY_UPDATE'] === '1') writeFileSync(file, wanted);
  const found = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (found === wanted) return;
  throw new Error(
    'packages/tenants/tenants.schema.json is not what the parser checks\n' +
      '  → TENANTRY_UPDATE=1 pnpm test scripts/test/shipped/schema, and commit the result',
  );
});
