import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@jest/globals';
import { reviewJsonSchema } from '@tenantry/plan';
import { jsonSchema } from '@tenantry/tenants';
import { eventJsonSchema } from '../../lib/progress/event.ts';

const root = join(import.meta.dirname, '../../..');

test.each([
  ['packages/tenants/tenants.schema.json', 'the parser checks', jsonSchema],
  ['scripts/events.schema.json', 'commands tell with --json', eventJsonSchema],
  ['packages/plan/review.schema.json', 'pnpm review tells with --json', reviewJsonSchema],
])('%s is what %s', (name, what, schema) => {
  const file = join(root, name);
  const wanted = `${JSON.stringify(schema(), null, 2)}\n`;
  if (process.env['TENANTRY_UPDATE'] === '1') writeFileSync(file, wanted);
  const found = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (found === wanted) return;
  throw new Error(
    `${name} is not what ${what}\n` +
      '  → TENANTRY_UPDATE=1 pnpm test scripts/test/shipped/schema, and commit the result',
  );
});
