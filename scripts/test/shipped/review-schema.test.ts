import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@jest/globals';
import { reviewJsonSchema } from '@tenantry/plan';

const file = join(import.meta.dirname, '../../../packages/plan/review.schema.json');

test('review.schema.json is what pnpm review --json prints', () => {
  const wanted = `${JSON.stringify(reviewJsonSchema(), null, 2)}\n`;
  if (process.env['TENANTRY_UPDATE'] === '1') writeFileSync(file, wanted);
  const found = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (found === wanted) return;
  throw new Error(
    'packages/plan/review.schema.json is not what the command prints\n' +
      '  → TENANTRY_UPDATE=1 pnpm test scripts/test/shipped/review-schema, and commit the result',
  );
});
