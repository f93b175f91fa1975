import { expect, test } from '@jest/globals';
import type { Release } from '../src/helm-release.ts';
import { planTenant } from '../src/plan-tenant.ts';
import { versionObstacle } from '../src/version-obstacle.ts';
import { alice, observedAlice, recordOf, release } from './fixture.ts';

const kubernetes = (tag: string) => ({ controlPlane: { distro: { k8s: { image: { tag } } } } });

/** Alice as deploy has left her, with a record of Helm's that was read. */
function living(chartVersion: string, newest: Partial<Release> = {}) {
  return observedAlice({
    record: recordOf(alice({ chartVersion })),
    release: {
      keeper: 'deploy',
      secrets: 'other',
      records: { newest: release(newest), refused: [] },
      chart: null,
      live: new Map(),
    },
  });
}

test.each([
  ['0.36.0', '0.36.1'],
  ['0.36.1', '0.36.0'],
  ['0.36.0', '0.37.2'],
  ['0.37.0', '0.36.0'],
])('from vcluster %s to %s no minor is skipped', (from, to) => {
  expect(versionObstacle(alice({ chartVersion: to }), living(from))).toBeNull();
});

test('a tenant that would skip a minor of vcluster is left as it is, and told how it gets there', () => {
  const { obstacle, changes } = planTenant(alice({ chartVersion: '0.38.0' }), living('0.36.1'), []);
  expect(changes).toEqual([]);
  expect(obstacle).toEqual({
    what: 'alice would skip a minor; nothing was written',
    why: 'vcluster 0.36.1 → 0.38.0: each reads the data of the minor before it, and of no older one',
    todo: 'run pnpm deploy alice with a commit of this repository for each minor in between first',
  });
});

test('likewise of Kubernetes, as the values say', () => {
  const seen = living('0.36.0', { values: kubernetes('v1.34.8') });
  const to = (tag: string) => versionObstacle(alice({ values: kubernetes(tag) }), seen)?.why;
  expect(to('v1.35.5')).toBeUndefined();
  expect(to('v1.36.3')).toMatch(/^Kubernetes v1\.34\.8 → v1\.36\.3: /);
});

test('a record of Helm that deploy did not leave stops no upgrade', () => {
  const forged = { digest: 'sha256:2', chart: 'vcluster-0.1.0', values: kubernetes('v1.1.0') };
  const wanted = alice({ values: kubernetes('v1.36.3') });
  expect(versionObstacle(wanted, living('0.36.0', forged))).toBeNull();
});

test('a tenant that does not live yet skips nothing', () => {
  const { record, release: none } = observedAlice({
    record: { ...recordOf(alice()), release: null },
  });
  expect(versionObstacle(alice({ chartVersion: '9.0.0' }), { record, release: none })).toBeNull();
});
