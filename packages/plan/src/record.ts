import { type Applied, type Layer } from './dry-run.ts';
import { EMPTY_INVENTORY, type Inventory } from './inventory.ts';
import type { KubeObject } from './kube-object.ts';

/** What deploy knows of a release that it has installed or upgraded. */
export interface ReleaseMark {
  /** Of Helm's record: `sha256:…`. */
  readonly digest: string;
  /** Names, uids and versions of the Secrets with Helm's records, as a hash. */
  readonly secrets: string;
  /** Of the values that it was given, as a hash. */
  readonly values: string;
  /** `vcluster-0.36.0`. */
  readonly chart: string;
}

/** What deploy has noted of a tenant, where no tenant can write. */
export interface TenantRecord {
  readonly inventory: Inventory;
  /** By layer and reference: `host v1 LimitRange vcluster-tenant-alice/tenant-alice`. */
  readonly applied: ReadonlyMap<string, Applied>;
  readonly release: ReleaseMark | null;
  /** Whether the inventory lies in the tenant's namespace, where deploy kept it before. */
  readonly former: boolean;
  /** What a former inventory names that deploy cannot have applied. */
  readonly refused: readonly string[];
  /** By this it is known whether somebody has written it since; null where it is not there. */
  readonly version: string | null;
}

export const EMPTY_RECORD: TenantRecord = {
  inventory: EMPTY_INVENTORY,
  applied: new Map(),
  release: null,
  former: false,
  refused: [],
  version: null,
};

export function keyOf(layer: Layer, reference: string): string {
  return `${layer} ${reference}`;
}

/** Of one layer, by reference. */
export function appliedIn(
  layer: Layer,
  applied: ReadonlyMap<string, Applied>,
): ReadonlyMap<string, Applied> {
  const prefix = `${layer} `;
  return new Map(
    [...applied]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

/** What goes beside an inventory into its ConfigMap. */
export function memoryData(
  applied: ReadonlyMap<string, Applied>,
  release: ReleaseMark | null,
): Readonly<Record<string, string>> {
  const lines = [...applied]
    .map(([key, { from, to }]) => `${from} ${to} ${key}`)
    .sort((a, b) => (a < b ? -1 : 1));
  return {
    ...(lines.length > 0 && { applied: lines.join('\n') }),
    ...(release !== null && { helm: JSON.stringify(release) }),
  };
}

/** Reads it back. What cannot be read is not known, and compared again. */
export function parseMemory(object: KubeObject | undefined): {
  readonly applied: ReadonlyMap<string, Applied>;
  readonly release: ReleaseMark | null;
} {
  const data = (object?.['data'] ?? {}) as Readonly<Record<string, string | undefined>>;
  const applied = new Map<string, Applied>();
  for (const line of (data['applied'] ?? '').split('\n')) {
    const [from = '', to = '', ...key] = line.split(' ');
    if (key.length > 0) applied.set(key.join(' '), { from, to });
  }
  return { applied, release: parseMark(data['helm']) };
}

function parseMark(text: string | undefined): ReleaseMark | null {
  if (text === undefined) return null;
  const { digest, secrets, values, chart } = JSON.parse(text) as Partial<ReleaseMark>;
  return digest === undefined ||
    secrets === undefined ||
    values === undefined ||
    chart === undefined
    ? null
    : { digest, secrets, values, chart };
}
