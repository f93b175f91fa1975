import pLimit from 'p-limit';
import type { Pair } from '@tenantry/isolation';
import { ExpectedError, messageOf } from '../cli/errors.ts';
import type { Report } from '../cli/report.ts';
import { CONCURRENCY } from '../deploy/each-tenant.ts';
import type { TenantDist } from '../dist/read.ts';
import {
  type Fixture,
  openHostFixture,
  openTenantFixture,
  type TenantFixture,
  type VerifyContext,
} from './probe-pod.ts';

/** The probe pods of a run, one of them on the host as a reference. */
export interface Fixtures extends AsyncDisposable {
  /** Null where it did not start. */
  readonly reference: Fixture | null;
  readonly tenants: ReadonlyMap<string, TenantFixture>;
  /** Why a pod is missing, by tenant; `-` for the reference. */
  readonly failures: ReadonlyMap<string, Error>;
}

/** Starts the probe pods side by side. What does not start is told, and the others are used. */
export async function openFixtures(
  context: VerifyContext,
  tenants: readonly TenantDist[],
  pairs: readonly Pair[],
  report: Report,
): Promise<Fixtures> {
  const limit = pLimit(CONCURRENCY);
  const failures = new Map<string, Error>();
  const opened: { readonly id: string; readonly fixture: Fixture }[] = [];
  const open = async <S extends Fixture>(
    id: string,
    start: () => Promise<S>,
  ): Promise<S | null> => {
    try {
      const fixture = await limit(start);
      opened.push({ id, fixture });
      return fixture;
    } catch (error) {
      failures.set(id, new ExpectedError(messageOf(error), { cause: error }));
      return null;
    }
  };
  const [reference, ...fixtures] = await Promise.all([
    tenants.length === 0 ? null : open('-', () => openHostFixture(context)),
    ...tenants.map((tenant) => {
      const others = pairs.filter(({ from }) => from === tenant.id).map(({ to }) => to);
      return open(tenant.id, () => openTenantFixture(context, tenant, others));
    }),
  ]);
  const close = async ({ id, fixture }: (typeof opened)[number]) => {
    try {
      await fixture[Symbol.asyncDispose]();
    } catch (error) {
      report.line(`${id}: ${messageOf(error)}\n  → the next pnpm verify takes away what is left`);
    }
  };
  return {
    reference,
    tenants: new Map(
      fixtures.flatMap((fixture) =>
        fixture === null ? [] : [[fixture.tenant.id, fixture] as const],
      ),
    ),
    failures,
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((one) => limit(() => close(one))));
    },
  };
}
