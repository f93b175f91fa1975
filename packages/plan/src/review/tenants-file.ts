import { DEFAULT_PLAN, valueAt } from '@tenantry/tenants';
import { type FieldChange, reviewedChanges } from '../field-diff.ts';
import type { TenantFile, TenantsOfTrees } from './group-files.ts';
import type { TenantNames } from './name-mask.ts';
import type { FileVersions, TreeFile } from './tree-file.ts';

const TENANTS_FILE = 'tenants.json';

/** tenants.json of two trees, taken apart: nothing of it is told twice, and nothing is left out. */
export interface FleetVersions extends TenantsOfTrees {
  /** Of each plan that changes, what does. */
  readonly plans: readonly { readonly plan: string; readonly figures: readonly FieldChange[] }[];
  /** The plan that each tenant is on. */
  readonly planOf: ReadonlyMap<string, string>;
  /** The tenants' own entries, each as if it were a file. */
  readonly entries: readonly TenantFile[];
  /** All else that changes. */
  readonly rest: readonly FileVersions[];
  readonly notes: readonly string[];
}

type Entry = Readonly<Record<string, unknown>>;

interface Parsed {
  readonly tenants: ReadonlyMap<string, Entry>;
  readonly plans: Entry;
  readonly defaultPlan: unknown;
  readonly rest: Entry;
}

/** Reads tenants.json of two trees; `ids` are the directories of dist/ in each. */
export function fleetVersions(
  { before, after }: Omit<FileVersions, 'path'>,
  ids: { readonly before: readonly string[]; readonly after: readonly string[] },
): FleetVersions {
  const [was, is] = [parse(before), parse(after)];
  const file = { path: TENANTS_FILE, before, after };
  const names = {
    before: new Map(ids.before.map((id) => [id, namesOf(id, was?.tenants.get(id))])),
    after: new Map(ids.after.map((id) => [id, namesOf(id, is?.tenants.get(id))])),
  };
  const isSame = before?.text === after?.text && before?.mode === after?.mode;
  if (was === null || is === null) {
    const note = `${TENANTS_FILE} cannot be read in one of the trees: tenants' names were not taken out`;
    const rest = isSame ? [] : [file];
    return { ...names, plans: [], planOf: new Map(), entries: [], rest, notes: [note] };
  }
  const plans = keysOf(was.plans, is.plans).flatMap((plan) => {
    const figures = reviewedChanges(
      valueAt(was.plans, [plan]) ?? {},
      valueAt(is.plans, [plan]) ?? {},
    );
    return figures.length === 0 ? [] : [{ plan, figures }];
  });
  const entries = [...new Set([...was.tenants.keys(), ...is.tenants.keys()])].flatMap((id) => {
    const versions = [was, is].map(({ tenants }) => asFile(tenants.get(id)));
    const [old = null, now = null] = versions;
    return old?.text === now?.text
      ? []
      : [{ id, file: { path: TENANTS_FILE, before: old, after: now } }];
  });
  const rest = { path: TENANTS_FILE, before: asFile(was.rest), after: asFile(is.rest) };
  const changedRest = rest.before?.text === rest.after?.text ? [] : [rest];
  const isTold = plans.length + entries.length + changedRest.length > 0;
  return {
    ...names,
    plans,
    planOf: new Map(
      [...is.tenants].map(([id, tenant]) => [id, String(tenant['plan'] ?? is.defaultPlan)]),
    ),
    entries,
    rest: isSame ? [] : isTold ? changedRest : [file],
    notes: [],
  };
}

function keysOf(one: Entry, other: Entry): readonly string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
}

/** What a tree's tenants.json says, as far as a review needs it; null where it cannot be read. */
function parse(file: TreeFile | null): Parsed | null {
  if (file === null) return { tenants: new Map(), plans: {}, defaultPlan: undefined, rest: {} };
  let value: unknown;
  try {
    value = JSON.parse(file.text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (!isEntry(value)) return null;
  const { tenants, plans, ...rest } = value;
  const list = Array.isArray(tenants) ? (tenants as readonly unknown[]) : [];
  const byId = new Map(
    list.flatMap((tenant): readonly (readonly [string, Entry])[] => {
      const id = valueAt(tenant, ['id']);
      return typeof id === 'string' ? [[id, tenant as Entry]] : [];
    }),
  );
  if (byId.size !== list.length) return null;
  return {
    tenants: byId,
    plans: (plans ?? {}) as Entry,
    defaultPlan: rest['defaultPlan'] ?? DEFAULT_PLAN,
    rest,
  };
}

function namesOf(id: string, tenant: Entry | undefined): TenantNames {
  const { name = '', hostnames = [] } = tenant ?? {};
  return {
    id,
    name: String(name),
    hostnames: Array.isArray(hostnames) ? hostnames.map(String) : [],
  };
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asFile(value: unknown): TreeFile | null {
  if (value === undefined) return null;
  return { mode: '100644', text: `${JSON.stringify(value, null, 2)}\n`, isText: true };
}
