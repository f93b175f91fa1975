import pLimit from 'p-limit';
import { HostFailure, TenantFailures } from '../cli/errors.ts';

/** How many hosts are worked on at a time. */
const CONCURRENCY = 8;

/** What came of each host, in their order. */
export interface HostResults<R> {
  readonly done: readonly R[];
  /** Of the others; null where all are done. */
  readonly failure: TenantFailures | null;
}

/**
 * Does something for every host, side by side. Of several, one that fails, as one that is away, fails
 * its own tenants only; what the only one throws is thrown.
 */
export async function eachHost<
  H extends { readonly name: string; readonly tenants: readonly { readonly id: string }[] },
  R,
>(hosts: readonly H[], action: (host: H) => Promise<R>): Promise<HostResults<R>> {
  const [only, ...others] = hosts;
  if (only !== undefined && others.length === 0) {
    return { done: [await action(only)], failure: null };
  }
  const limit = pLimit(CONCURRENCY);
  const settled = await Promise.allSettled(hosts.map((host) => limit(() => action(host))));
  const done: R[] = [];
  const failures: TenantFailures['errors'] = [];
  let tenants = 0;
  for (const [index, host] of hosts.entries()) {
    const result = settled[index];
    if (result?.status === 'fulfilled') {
      done.push(result.value);
      tenants += host.tenants.length;
    } else if (result?.reason instanceof TenantFailures) {
      failures.push(...result.reason.errors);
      tenants += result.reason.done;
    } else {
      const ids = host.tenants.map(({ id }) => id);
      failures.push(new HostFailure(host.name, ids, result?.reason));
    }
  }
  return { done, failure: failures.length === 0 ? null : new TenantFailures(failures, tenants) };
}
