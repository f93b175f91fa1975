import { named, type RolloutWave } from '@tenantry/plan';
import { HeldBack, HostFailure, type TenantFailure, TenantFailures } from '../cli/errors.ts';
import type { Report } from '../cli/report.ts';
import { tryEach } from './each-tenant.ts';

/** How many tenants of a host are begun at a time. */
const BEGUN = 32;

export interface WaveOptions {
  readonly report: Pick<Report, 'wave'>;
  readonly signal: AbortSignal;
  /** How many tenants may fail, in all, before no further wave is begun. */
  readonly maxFailures: number;
  /** Hosts that failed before; what stops their tenants is told once. */
  readonly lost: readonly HostFailure[];
}

/**
 * Does something for every tenant, wave after wave, and side by side within one, on each host as many
 * at a time as on a single one; how many of these are worked on is for `action` to say. A single wave
 * is not told of.
 * @throws TenantFailures after all have been tried, or with what was held back
 */
export async function eachWave<T extends { readonly id: string; readonly host: string }, R>(
  waves: readonly RolloutWave<T>[],
  action: (tenant: T) => Promise<R>,
  { report, signal, maxFailures, lost }: WaveOptions,
): Promise<readonly R[]> {
  const results: R[] = [];
  const failures: TenantFailure[] = [];
  const isTold = waves.length > 1;
  let begun = 0;
  for (const { name, tenants } of waves) {
    if (signal.aborted || failures.length > maxFailures) break;
    begun += 1;
    const ids = idsOf(tenants);
    if (isTold) report.wave(name, 'running', ids);
    const byHost = [...Map.groupBy(tenants, ({ host }) => host).values()];
    const tried = await Promise.all(
      byHost.map((those) => tryEach(those, action, { signal, concurrency: BEGUN })),
    );
    const failed = tried.flatMap((each) => each.failures);
    results.push(...tried.flatMap((each) => each.results));
    failures.push(...failed);
    if (isTold) report.wave(name, stateAfter(failed, signal), ids);
  }
  const rest = waves.slice(begun);
  if (rest.length > 0 && failures.length === 0) signal.throwIfAborted();
  if (failures.length + lost.length === 0) return results;
  const isHeldBack = rest.length > 0 && !signal.aborted;
  if (isHeldBack)
    for (const { name, tenants } of rest) report.wave(name, 'held back', idsOf(tenants));
  const heldBack = isHeldBack ? [describeHeldBack(waves[begun - 1]?.name ?? '', rest)] : [];
  const told = failures.filter(({ cause }) => !(cause instanceof HostFailure));
  throw new TenantFailures([...told, ...lost, ...heldBack], results.length);
}

function stateAfter(failures: readonly TenantFailure[], { aborted }: AbortSignal) {
  if (failures.length === 0) return 'done';
  return aborted ? 'interrupted' : 'failed';
}

type Waves = readonly RolloutWave<{ readonly id: string }>[];

function describeHeldBack(failed: string, rest: Waves): HeldBack {
  const waves = rest.map(({ name, tenants }) => `${name} (${named(idsOf(tenants))})`);
  return new HeldBack(
    `held back: wave ${failed} failed: ${waves.join(', ')}\n` +
      '  → mend what failed, then run the same command again; with --max-failures N it goes on after N failures',
  );
}

function idsOf(tenants: readonly { readonly id: string }[]): readonly string[] {
  return tenants.map(({ id }) => id);
}
