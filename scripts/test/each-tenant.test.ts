import { expect, test } from '@jest/globals';
import { eachTenant } from '../lib/deploy/each-tenant.ts';
import { messageOf, type TenantFailures } from '../lib/cli/errors.ts';

const tenants = [{ id: 'alice' }, { id: 'bob' }, { id: 'carol' }];
const { signal } = new AbortController();

test('all tenants are tried, and failures come together at the end', async () => {
  const tried: string[] = [];
  const attempt = eachTenant(
    tenants,
    async ({ id }) => {
      tried.push(id);
      if (id !== 'bob') throw new Error(`${id} is ill`);
    },
    { signal },
  );
  const failures = await attempt.catch((error: unknown) => error as TenantFailures);
  expect(tried).toEqual(['alice', 'bob', 'carol']);
  expect(failures).toMatchObject({ done: 1 });
  expect(messageOf(failures)).toBe('alice: alice is ill\ncarol: carol is ill');
});

test('no more than so many at a time', async () => {
  let running = 0;
  let most = 0;
  await eachTenant(
    tenants,
    async () => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    },
    { signal, concurrency: 2 },
  );
  expect(most).toBe(2);
});

test('after an interruption nobody is begun', async () => {
  const controller = new AbortController();
  const begun: string[] = [];
  const attempt = eachTenant(
    tenants,
    async ({ id }) => {
      begun.push(id);
      controller.abort(new Error('stop'));
    },
    { signal: controller.signal, concurrency: 1 },
  );
  await expect(attempt).rejects.toMatchObject({ done: 1 });
  expect(begun).toEqual(['alice']);
});
