import { expect, test } from '@jest/globals';
import { workload } from '@tenantry/workload';
import {
  hostLabels,
  hostNamespace,
  kindContext,
  MAX_ID_LENGTH,
  temporaryNamespace,
  syncedName,
  tenantContext,
  vclusterName,
} from '../src/index.ts';

test('the names of a tenant are these, word for word', () => {
  expect(vclusterName('alice')).toBe('tenant-alice');
  expect(hostNamespace('alice')).toBe('vcluster-tenant-alice');
  expect(syncedName(workload.service.name, workload.service.namespace, 'alice')).toBe(
    'fixture-public-x-default-x-tenant-alice',
  );
  expect(tenantContext('alice', kindContext('tenantry'))).toBe(
    'vcluster_tenant-alice_vcluster-tenant-alice_kind-tenantry',
  );
  expect(hostLabels('alice')).toEqual({
    'app.kubernetes.io/managed-by': 'tenantry',
    'tenantry.dev/tenant': 'alice',
  });
});

test('an id of 29 characters is the longest whose names vcluster keeps', () => {
  expect(MAX_ID_LENGTH).toBe(29);
  const longest = 'a'.repeat(MAX_ID_LENGTH);
  expect(syncedName(workload.service.name, workload.service.namespace, longest)).toBe(
    `fixture-public-x-default-x-tenant-${longest}`,
  );
  expect(temporaryNamespace(longest).length).toBeLessThanOrEqual(63);
});

test('a longer name is cut as vcluster cuts it: 52 characters and ten of its hash', () => {
  const name = syncedName('a-rather-long-name-of-a-service', 'a-namespace', 'a-long-tenant');
  expect(name).toMatch(/^a-rather-long-name-of-a-service-x-a-namespace-x-tena-[0-9a-f]{10}$/);
  expect(name).not.toBe(
    syncedName('a-rather-long-name-of-a-service', 'a-namespace', 'a-long-tenanT'),
  );
});
