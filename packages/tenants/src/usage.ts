import type { Tenant } from './tenant.ts';

/** tenants.json as it was from a moment on. */
export interface Version {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Null where the file was not there, or cannot be read. */
  readonly tenants: readonly Tenant[] | null;
}

/** A volume of a tenant's that is there. */
export interface Volume {
  readonly id: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** From, included, to, excluded; milliseconds since 1970. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** What one tenant has used in a period. */
export interface Usage {
  readonly id: string;
  readonly activeHours: number;
  /** Also while offboarding. */
  readonly pausedHours: number;
  /** In which tenants.json cannot be read, so that nobody knows. */
  readonly unknownHours: number;
  /** What the plan requests, over the active hours. */
  readonly cpuHours: number;
  readonly memoryGiBHours: number;
  /** Null where nobody asked the cluster. */
  readonly storageGiBMonths: number | null;
}

const HOUR = 3_600_000;
const GiB = 2 ** 30;
/** A twelfth of a year of 365 days. */
export const HOURS_A_MONTH = 730;

/**
 * Adds up what tenants have used, from the versions of tenants.json (oldest first) and from the
 * volumes that are there. Before the first version nothing is counted.
 */
export function usageOf(
  versions: readonly Version[],
  volumes: readonly Volume[] | null,
  period: Period,
): readonly Usage[] {
  const usages = new Map<string, Usage>();
  const add = (id: string, more: Partial<Usage>) => usages.set(id, sum(usages.get(id), id, more));
  let known: readonly Tenant[] = [];
  for (const [index, { at, tenants }] of versions.entries()) {
    const hours = hoursIn(period, { from: at, to: versions[index + 1]?.at ?? Infinity });
    if (hours > 0) {
      for (const tenant of tenants ?? known) {
        add(tenant.id, tenants === null ? { unknownHours: hours } : usedIn(hours, tenant));
      }
    }
    known = tenants ?? known;
  }
  for (const { id, bytes, since } of volumes ?? []) {
    const hours = hoursIn(period, { from: since, to: Infinity });
    if (hours > 0) add(id, { storageGiBMonths: ((bytes / GiB) * hours) / HOURS_A_MONTH });
  }
  return [...usages.values()]
    .map((usage) => (volumes === null ? { ...usage, storageGiBMonths: null } : usage))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function usedIn(hours: number, { state, plan }: Tenant): Partial<Usage> {
  if (state !== 'active') return { pausedHours: hours };
  return {
    activeHours: hours,
    cpuHours: (plan.requests.cpu / 1000) * hours,
    memoryGiBHours: (plan.requests.memory / GiB) * hours,
  };
}

function hoursIn(period: Period, { from, to }: Period): number {
  return Math.max(0, Math.min(period.to, to) - Math.max(period.from, from)) / HOUR;
}

function sum(usage: Usage | undefined, id: string, more: Partial<Usage>): Usage {
  const total = (key: Exclude<keyof Usage, 'id'>) => (usage?.[key] ?? 0) + (more[key] ?? 0);
  return {
    id,
    activeHours: total('activeHours'),
    pausedHours: total('pausedHours'),
    unknownHours: total('unknownHours'),
    cpuHours: total('cpuHours'),
    memoryGiBHours: total('memoryGiBHours'),
    storageGiBMonths: total('storageGiBMonths'),
  };
}
