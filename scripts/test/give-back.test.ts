import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { referenceOf } from '@tenantry/plan';
import { FLUX_NAMESPACE, hostNamespace, MAINTENANCE_QUOTA } from '@tenantry/tenants';
import { UsageError } from '../lib/cli/errors.ts';
import { workspace } from '../lib/cli/workspace.ts';
import { readFleet, synthDist } from '../lib/dist/synth.ts';
import { isSuspended, suspendTenant } from '../lib/handover/flux-objects.ts';
import { giveBackToFlux } from '../lib/offboard/give-back.ts';
import { apiError, type FakeApi, fakeApi } from './helpers/fake-api.ts';
import { type TempWorkspace, tempWorkspace } from './helpers/temp-workspace.ts';
import { textReport } from './helpers/text-report.ts';

const NAMESPACE = hostNamespace('bob');
const QUOTA = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: MAINTENANCE_QUOTA, namespace: NAMESPACE },
};
const FIRST = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name: 'tenant-bob-host', namespace: FLUX_NAMESPACE },
  spec: {},
};

let place: TempWorkspace;
let api: FakeApi;
beforeEach(async () => {
  place = tempWorkspace();
  await declare('offboarding');
  api = fakeApi();
  for (const name of [FLUX_NAMESPACE, NAMESPACE])
    api.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const object of [FIRST, QUOTA]) api.put(object);
});
afterEach(() => place.remove());

async function declare(state: string): Promise<void> {
  const flux = { registry: 'oci://registry.example.com/tenants' };
  const host = { context: 'eu', engine: 'flux', flux };
  place.tenants(JSON.stringify({ host, tenants: [{ id: 'bob', name: 'Bob', state }] }));
  await synthDist(place, () => {});
}

const giveBack = () =>
  giveBackToFlux(
    {
      workspace: workspace({ TENANTRY_DIR: place.dir }),
      report: textReport(() => {}),
      print: () => {},
    },
    api.client,
    'bob',
  );
const state = () => readFleet(place.tenantsFile).tenants[0]?.state;

test.each(['offboarding', 'active'])(
  'what is held off Flux is given back, where tenants.json says %s',
  async (before) => {
    await declare(before);
    await suspendTenant(api.client, 'bob');
    expect(await giveBack()).toBe(true);
    expect(api.get(referenceOf(QUOTA))).toBeUndefined();
    expect([state(), await isSuspended(api.client, 'bob')]).toEqual(['active', false]);
  },
);

test('interrupted, it is taken up again', async () => {
  await suspendTenant(api.client, 'bob');
  api.refuse(referenceOf(FIRST), apiError(503, 'not now'));
  await expect(giveBack()).rejects.toThrow('not now');
  api.refuse(referenceOf(FIRST), null);
  expect(await giveBack()).toBe(true);
  expect([state(), await isSuspended(api.client, 'bob')]).toEqual(['active', false]);
});

test('where nothing is held off, nothing is changed', async () => {
  const before = readFileSync(place.tenantsFile, 'utf8');
  expect(await giveBack()).toBe(false);
  expect([api.writes, readFileSync(place.tenantsFile, 'utf8')]).toEqual([[], before]);
});

test.each(['gone', 'on its way'])(
  'what is being deleted is not given back: its namespace is %s',
  async (namespace) => {
    await suspendTenant(api.client, 'bob');
    const reference = `v1 Namespace ${NAMESPACE}`;
    const there = api.get(reference);
    api.drop(reference);
    if (there !== undefined && namespace === 'on its way') {
      api.put({ ...there, metadata: { ...there.metadata, deletionTimestamp: '2026-01-01' } });
    }
    const writes = [...api.writes];
    await expect(giveBack()).rejects.toThrow(UsageError);
    expect([api.writes, state()]).toEqual([writes, 'offboarding']);
  },
);
