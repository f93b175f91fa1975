import pLimit from 'p-limit';
import { TenantFailure, TenantFailures } from '../cli/errors.ts';

/** How many tenants are worked on at a time. */
export const CONCURRENCY = 8;

export interface EachOptions {
  readonly signal: AbortSignal;
  /** @default CONCURRENCY */
  readonly concurrency?: number;
}

/**
 * Does something for every tenant, side by side; one tenant's failure leaves the others to finish.
 * @throws TenantFailures after all have been tried
 */
export async function eachTenant<T extends { readonly id: string }, R>(
  tenants: readonly T[],
  action: (tenant: T) => Promise<R>,
  options: EachOptions,
): Promise<readonly R[]> {
  const { results, failures } = await tryEach(tenants, action, options);
  if (failures.length > 0) throw new TenantFailures(failures, results.length);
  return results;
}

/** As `eachTenant`; returns what failed beside what did not. */
export async function tryEach<T extends { readonly id: string }, R>(
  tenants: readonly T[],
  action: (tenant: T) => Promise<R>,
  { signal, concurrency = CONCURRENCY }: EachOptions,
): Promise<{ readonly results: readonly R[]; readonly failures: readonly TenantFailure[] }> {
  const limit = pLimit(concurrency);
  const settled = await Promise.allSettled(
    tenants.map((tenant) =>
      limit(async () => {
        signal.throwIfAborted();
        return action(tenant);
      }),
    ),
  );
  const failures = settled.flatMap((result, index) =>
    result.status === 'rejected'
      ? [new TenantFailure(tenants[index]?.id ?? '', result.reason)]
      : [],
  );
  const results = settled.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  return { results, failures };
}
