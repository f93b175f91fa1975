import { expect, test } from '@jest/globals';
import { checkTenant } from '../lib/deploy/check-tenant.ts';
import { fakeApi } from './helpers/fake-api.ts';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'worker', namespace: 'default' },
  spec: { replicas: 1 },
};
const tenant = { id: 'alice', name: 'Alice', settings: {}, virtualObjects: [deployment] };

test('a workload without a check works when it is rolled out, and not before', async () => {
  const api = fakeApi();
  const check = (signal: AbortSignal) => checkTenant(api.client, tenant, signal, { kind: 'none' });
  await expect(check(AbortSignal.timeout(200))).rejects.toThrow();
  api.put(deployment);
  expect(await check(new AbortController().signal)).toBe('rolled out');
});
