import { expect, test } from '@jest/globals';
import { planTenant } from '../src/plan-tenant.ts';
import {
  type RestoreProgress,
  restoreProgressOf,
  restoreProgressText,
} from '../src/restore-progress.ts';
import { alice, living, NAMESPACE_OBJECT, observedAlice } from './fixture.ts';

const bearing = (progress: RestoreProgress) =>
  living(
    NAMESPACE_OBJECT,
    {},
    { annotations: { 'tenantry.dev/restoring': restoreProgressText(progress) } },
  );

const digest = 'sha256:1';

test.each([
  { digest, held: false, finished: false },
  { digest, held: true, finished: false },
  { digest, held: false, finished: true },
])('what a namespace says of a restore is read as it was written: %j', (progress) => {
  expect(restoreProgressOf(bearing(progress))).toEqual(progress);
});

test.each([true, false])(
  'a tenant is not started while a restore into it has not ended, held before: %s',
  (held) => {
    const namespace = bearing({ digest, held, finished: false });
    const seen = observedAlice({ namespace }, alice({ state: 'paused' }));
    expect(planTenant(alice(), seen, [])).toMatchObject({
      changes: [],
      obstacle: {
        what: 'alice is half restored; nothing was written',
        why: expect.stringMatching(/^a restore into it has not ended; started so/),
        todo: expect.stringContaining('pnpm restore alice --from FILE'),
      },
    });
    // The restore itself holds it paused.
    expect(planTenant(alice({ state: 'paused' }), seen, []).obstacle).toBeNull();
  },
);

test('once all of it is there, it is started', () => {
  const namespace = bearing({ digest, held: false, finished: true });
  const seen = observedAlice({ namespace }, alice({ state: 'paused' }));
  expect(planTenant(alice(), seen, []).obstacle).toBeNull();
});
