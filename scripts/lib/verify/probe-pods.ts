import pLimit from 'p-limit';
import type { TenantDist } from '../dist/read.ts';
import { CONCURRENCY } from '../deploy/each-tenant.ts';
import { messageOf } from '../cli/errors.ts';
import type { Report } from '../cli/report.ts';
import type { Pair } from './pairs.ts';
import {
  openHostStage,
  openTenantStage,
  type Stage,
  type Surroundings,
  type TenantStage,
} from './probe-pod.ts';

/** The probe pods of a run, one of them on the host as a reference. */
export interface Stages extends AsyncDisposable {
  /** Null where it did not start. */
  readonly reference: Stage | null;
  readonly tenants: ReadonlyMap<string, TenantStage>;
  /** Why a pod is missing, by tenant; `-` for the reference. */
  readonly failures: ReadonlyMap<string, Error>;
}

/** Starts the probe pods side by side. What does not start is told, and the others are used. */
export async function openStages(
  surroundings: Surroundings,
  tenants: readonly TenantDist[],
  pairs: readonly Pair[],
  report: Report,
): Promise<Stages> {
  const limit = pLimit(CONCURRENCY);
  const failures = new Map<string, Error>();
  const opened: { readonly id: string; readonly stage: Stage }[] = [];
  const open = async <S extends Stage>(id: string, start: () => Promise<S>): Promise<S | null> => {
    try {
      const stage = await limit(start);
      opened.push({ id, stage });
      return stage;
    } catch (error) {
      failures.set(id, new Error(messageOf(error), { cause: error }));
      return null;
    }
  };
  const [image] = tenants.map((tenant) => tenant.image);
  const [reference, ...stages] = await Promise.all([
    image === undefined ? null : open('-', () => openHostStage(surroundings, image)),
    ...tenants.map((tenant) => {
      const others = pairs.filter(({ from }) => from === tenant.id).map(({ to }) => to);
      return open(tenant.id, () => openTenantStage(surroundings, tenant, others));
    }),
  ]);
  const close = async ({ id, stage }: (typeof opened)[number]) => {
    try {
      await stage[Symbol.asyncDispose]();
    } catch (error) {
      report.line(`${id}: ${messageOf(error)}\n  → the next pnpm verify takes away what is left`);
    }
  };
  return {
    reference,
    tenants: new Map(
      stages.flatMap((stage) => (stage === null ? [] : [[stage.tenant.id, stage] as const])),
    ),
    failures,
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((one) => limit(() => close(one))));
    },
  };
}
