import { expect, test } from '@jest/globals';
import { parseTenants, removeTenant } from '@tenantry/tenants';
import { addHeld, archivedTenant, archivedTenantSchema } from '../lib/offboard/archived-tenant.ts';

const alice = {
  id: 'alice',
  name: 'Alice',
  plan: 'large',
  paidThrough: '2027-01-31',
  hostnames: ['shop.alice.example', 'alice.example'],
  release: 'canary',
  versions: { vcluster: '0.36.1' },
  settings: { motto: 'on & on ✋' },
};
const plan = { cpu: '2', memory: '4Gi', storage: '10Gi', pods: 20 };
const HOST = { gateway: { namespace: 'gateway', name: 'public' }, domain: 'tenants.example.com' };
const HELD = { host: 'default', pausedSince: '2026-11-26' };
const textOf = (tenant: object, host: object = HOST) =>
  JSON.stringify({ host, plans: { small: plan, large: plan }, tenants: [tenant] });

/** The tenant as its archive brings it back into tenants.json. */
function restored(text: string) {
  const [before] = parseTenants(text).tenants;
  if (before === undefined) throw new Error('no tenant');
  const tenant = archivedTenantSchema.parse(JSON.parse(JSON.stringify(archivedTenant(before))));
  const archived = { tenant, chartVersion: before.versions.vcluster };
  const back = addHeld(removeTenant(text, 'alice'), archived, HELD);
  const [after] = parseTenants(back).tenants;
  return { before, after, back };
}

test.each<[string, string]>([
  ['with all that an entry may say', textOf(alice)],
  [
    'with nothing but its name, reached by the one that follows from its id',
    textOf({ id: 'alice', name: 'Alice' }),
  ],
  ['where the host has no Gateway', textOf({ ...alice, hostnames: [] }, {})],
])('a tenant comes back as it was, held at zero: %s', (_, text) => {
  const { before, after } = restored(text);
  const held = { state: 'paused', pausedBy: 'operator', pausedSince: '2026-11-26' };
  expect(after).toEqual({ ...before, ...held });
});

test('it names versions where it would get others alone, as those of an archive of before', () => {
  const text = textOf({ id: 'alice', name: 'Alice' });
  expect(restored(text).back).not.toContain('"versions"');
  const tenant = { id: 'alice', name: 'Alice', plan: 'small' };
  const [back] = parseTenants(
    addHeld(removeTenant(text, 'alice'), { tenant, chartVersion: '0.36.1' }, HELD),
  ).tenants;
  expect(back?.versions).toEqual({ vcluster: '0.36.1', kubernetes: '1.36.3' });
});
