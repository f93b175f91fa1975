import { FLUX_DIRECTORY, isSharedDirectory } from '@tenantry/tenants';
import type { FieldChange } from '../field-diff.ts';
import { isHigh, type Risk } from '../risks/risk.ts';
import type { YamlWriter } from './documents.ts';
import {
  chartChanges,
  type GroupedChange,
  groupFiles,
  type RenderedChart,
  type TenantFile,
} from './group-files.ts';
import { type ReviewedChange, reviewFile } from './review-file.ts';
import type { FleetVersions } from './tenants-file.ts';
import type { FileVersions } from './tree-file.ts';

/** What a merge would change. */
export interface Review {
  /** What the tree is compared with, in words. */
  readonly base: string;
  readonly tenants: { readonly before: number; readonly after: number };
  readonly sections: readonly ReviewSection[];
  /** What could not be looked at, and why. */
  readonly notes: readonly string[];
}

/** Changes that the same tenants have. */
export interface ReviewSection {
  readonly kind: 'host-wide' | 'plan' | 'new' | 'gone' | 'changed';
  /** The plan of which figures change; null for other sections. */
  readonly plan: string | null;
  /** What changes of the plan in tenants.json. */
  readonly figures: readonly FieldChange[];
  /** Ids, sorted; none for what all share. */
  readonly tenants: readonly string[];
  /** Where most tenants have the changes: those that have not. */
  readonly without: readonly string[];
  readonly changes: readonly ReviewedChange[];
}

export interface ReviewInput {
  readonly base: string;
  /** The files of dist/ that differ, in any order. */
  readonly files: readonly FileVersions[];
  readonly fleet: FleetVersions;
  /** What the chart makes of values that differ. */
  readonly charts: readonly RenderedChart[];
  readonly notes: readonly string[];
}

/** Compares two trees: what is the same for many tenants is told once. */
export function review(
  { base, files, fleet, charts, notes }: ReviewInput,
  write: YamlWriter,
): Review {
  const tenantFiles = new Map(files.map((file) => [file, tenantFile(file, fleet)]));
  const ofTenants = [...tenantFiles.values()].filter((file) => file !== null);
  const shared = files.filter((file) => tenantFiles.get(file) === null);
  const grouped = groupFiles([...ofTenants, ...fleet.entries], fleet, write);
  const rendered = charts.flatMap((chart) => chartChanges(chart, fleet));
  const sections = sectionsOf([...grouped, ...rendered], fleet);
  const hostWide = [...shared, ...fleet.rest].flatMap((file) =>
    reviewFile({ file, shown: file, tenant: 'changed' }, write),
  );
  return {
    base,
    tenants: { before: fleet.before.size, after: fleet.after.size },
    sections: [
      ...(hostWide.length === 0 ? [] : [section('host-wide', { changes: hostWide })]),
      ...withPlans(sections, fleet),
    ],
    notes: [...fleet.notes, ...notes],
  };
}

/** A file as its tenant has it; null where it is of all tenants. */
function tenantFile(file: FileVersions, { before, after }: FleetVersions): TenantFile | null {
  const [directory = '', ...below] = file.path.split('/');
  if (below.length === 0) return null;
  if (!isSharedDirectory(directory)) {
    return { id: directory, file: { ...file, path: below.join('/') } };
  }
  if (directory !== FLUX_DIRECTORY) return null;
  // Of several hosts each has a directory there.
  const at = below.slice(0, -1).findIndex((name) => before.has(name) || after.has(name));
  const id = below[at];
  if (id === undefined || at > 1) return null;
  return { id, file: { ...file, path: [directory, ...below.slice(at + 1)].join('/') } };
}

/** All risks of a review, what decides most first. */
export function allRisks({ sections }: Review): readonly Risk[] {
  const risks = sections.flatMap(({ changes }) => changes.flatMap((change) => change.risks));
  return [...risks.filter(isHigh), ...risks.filter((risk) => !isHigh(risk))];
}

export function hasHighRisk({ changes }: ReviewSection): boolean {
  return changes.some(({ risks }) => risks.some(isHigh));
}

function section(
  kind: ReviewSection['kind'],
  rest: Partial<Omit<ReviewSection, 'kind'>>,
): ReviewSection {
  return { kind, plan: null, figures: [], tenants: [], without: [], changes: [], ...rest };
}

function sectionsOf(
  grouped: readonly GroupedChange[],
  { before, after }: FleetVersions,
): readonly ReviewSection[] {
  const bySet = new Map<string, { kind: ReviewSection['kind']; of: GroupedChange[] }>();
  for (const each of grouped) {
    const key = `${each.tenant} ${each.ids.join(' ')}`;
    const found = bySet.get(key) ?? { kind: each.tenant, of: [] };
    found.of.push(each);
    bySet.set(key, found);
  }
  const stay = [...after.keys()].filter((id) => before.has(id));
  return [...bySet.values()]
    .map(({ kind, of }) => {
      const tenants = of[0]?.ids ?? [];
      const having = new Set(tenants);
      const isMost = kind === 'changed' && tenants.length * 2 > stay.length;
      const without = isMost ? stay.filter((id) => !having.has(id)).sort() : [];
      return section(kind, { tenants, without, changes: of.map(({ change }) => change) });
    })
    .sort(
      (a, b) =>
        b.tenants.length - a.tenants.length ||
        ((a.tenants[0] ?? '') < (b.tenants[0] ?? '') ? -1 : 1),
    );
}

/** Objects that hold a plan's figures. */
const FOLLOWS = /^v1 (?:ResourceQuota|LimitRange) /;

/** Puts under a plan's figures what follows from them for the tenants that are on it. */
function withPlans(
  sections: readonly ReviewSection[],
  { plans, planOf }: FleetVersions,
): readonly ReviewSection[] {
  let rest = sections;
  const found = plans.map(({ plan, figures }) => {
    const isOnPlan = (ids: readonly string[]) => ids.every((id) => planOf.get(id) === plan);
    const follows = ({ kind, object }: ReviewedChange) =>
      kind === 'update' && (FOLLOWS.test(object) || isOfValues(object, figures));
    const source = rest.find(
      ({ kind, tenants, changes }) =>
        kind === 'changed' && isOnPlan(tenants) && changes.some(follows),
    );
    if (source === undefined) return section('plan', { plan, figures });
    const { tenants, without } = source;
    const left = source.changes.filter((change) => !follows(change));
    rest = rest.flatMap((each) =>
      each !== source ? [each] : left.length === 0 ? [] : [{ ...each, changes: left }],
    );
    const changes = source.changes.filter(follows);
    return section('plan', { plan, figures, tenants, without, changes });
  });
  return [...found, ...rest];
}

function isOfValues(object: string, figures: readonly FieldChange[]): boolean {
  return object === 'vcluster.yaml' && figures.some(({ path }) => path.startsWith('vcluster'));
}
