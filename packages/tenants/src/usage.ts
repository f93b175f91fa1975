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

/**
 * What one tenant has used in a period. An id that left tenants.json and came back is another
 * tenant: nobody but its owner knows whether it is the same customer.
 */
export interface Usage {
  readonly id: string;
  /** When it came into tenants.json, in milliseconds since 1970; null where only volumes bear its id. */
  readonly since: number | null;
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

/** One stay of an id in tenants.json. */
interface Stay {
  readonly id: string;
  readonly since: number | null;
}

/**
 * Adds up what tenants have used, from the versions of tenants.json (oldest first) and from the
 * volumes that are there. Before the first version nothing is counted. A row for each stay of an
 * id, by id and time.
 */
export function usageOf(
  versions: readonly Version[],
  volumes: readonly Volume[] | null,
  period: Period,
): readonly Usage[] {
  const usages = new Map<Stay, Usage>();
  const add = (stay: Stay, more: Partial<Usage>) =>
    usages.set(stay, sum(usages.get(stay), stay, more));
  const stays: Stay[] = [];
  let known: ReadonlyMap<string, Stay> = new Map();
  for (const [index, { at, tenants }] of versions.entries()) {
    const until = versions[index + 1]?.at ?? Infinity;
    // What another version replaced at once never was.
    if (until <= at) continue;
    const hours = hoursIn(period, { from: at, to: until });
    if (tenants === null) {
      for (const stay of known.values()) if (hours > 0) add(stay, { unknownHours: hours });
      continue;
    }
    const present = new Map<string, Stay>();
    for (const tenant of tenants) {
      const stay = known.get(tenant.id) ?? { id: tenant.id, since: at };
      if (!known.has(tenant.id)) stays.push(stay);
      present.set(tenant.id, stay);
      if (hours > 0) add(stay, usedIn(hours, tenant));
    }
    known = present;
  }
  const left = new Map<string, Stay>();
  for (const { id, bytes, since } of volumes ?? []) {
    const hours = hoursIn(period, { from: since, to: Infinity });
    if (hours <= 0) continue;
    const stay = stayAt(stays, id, since) ?? left.get(id) ?? { id, since: null };
    if (stay.since === null) left.set(id, stay);
    add(stay, { storageGiBMonths: ((bytes / GiB) * hours) / HOURS_A_MONTH });
  }
  return [...usages.values()]
    .map((usage) => (volumes === null ? { ...usage, storageGiBMonths: null } : usage))
    .sort((a, b) => (a.id === b.id ? (a.since ?? 0) - (b.since ?? 0) : a.id < b.id ? -1 : 1));
}

/** The stay in which something came about: the last that had begun, or else the first. */
function stayAt(stays: readonly Stay[], id: string, moment: number): Stay | undefined {
  const own = stays.filter((stay) => stay.id === id);
  return own.findLast(({ since }) => since !== null && since <= moment) ?? own[0];
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

function sum(usage: Usage | undefined, { id, since }: Stay, more: Partial<Usage>): Usage {
  const total = (key: Exclude<keyof Usage, 'id' | 'since'>) =>
    (usage?.[key] ?? 0) + (more[key] ?? 0);
  return {
    id,
    since,
    activeHours: total('activeHours'),
    pausedHours: total('pausedHours'),
    unknownHours: total('unknownHours'),
    cpuHours: total('cpuHours'),
    memoryGiBHours: total('memoryGiBHours'),
    storageGiBMonths: total('storageGiBMonths'),
  };
}
