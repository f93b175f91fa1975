import { NameMask, type TenantNames, unmasked } from './name-mask.ts';
import type { KubeObject } from '../kube-object.ts';
import { objectsIn, type YamlWriter } from './documents.ts';
import {
  documentChanges,
  type FileToReview,
  rawChange,
  type ReviewedChange,
  reviewFile,
} from './review-file.ts';
import type { FileVersions, TreeFile } from './tree-file.ts';

/** A file that belongs to a tenant; its path begins in the tenant's directory. */
export interface TenantFile {
  readonly id: string;
  readonly file: FileVersions;
}

/** One change, and the tenants that have it, sorted. */
export interface GroupedChange {
  readonly ids: readonly string[];
  readonly tenant: FileToReview['tenant'];
  readonly change: ReviewedChange;
}

/** The tenants of two trees by id. */
export interface TenantsOfTrees {
  readonly before: ReadonlyMap<string, TenantNames>;
  readonly after: ReadonlyMap<string, TenantNames>;
}

interface SameFile extends FileToReview {
  readonly ids: string[];
}

/** Groups what changes alike but for the tenants' own names. Files that read alike are compared once. */
export function groupFiles(
  files: readonly TenantFile[],
  tenants: TenantsOfTrees,
  write: YamlWriter,
): readonly GroupedChange[] {
  const groups = new Map<
    string,
    { ids: string[]; of: SameFile; change: ReviewedChange; at: number }
  >();
  for (const of of sameFiles(files, tenants)) {
    for (const [at, change] of reviewFile(of, write).entries()) {
      const key = JSON.stringify([of.tenant, isMasked(of) ? '' : of.ids, change], exact);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { ids: [...of.ids], of, change, at });
      else group.ids.push(...of.ids);
    }
  }
  return [...groups.values()].map(({ ids, of, change, at }) => {
    const { tenant, file } = of;
    if (!isMasked(of)) return { ids, tenant, change };
    // What only one tenant has is told with its own names.
    const own = ids.length === 1 ? reviewFile({ ...of, shown: file }, write)[at] : undefined;
    return { ids: ids.sort(), tenant, change: own ?? withWords(change) };
  });
}

/** Whether names could be taken out of a file. */
function isMasked({ file, shown }: FileToReview): boolean {
  return shown !== file;
}

/** What the chart makes of a tenant's values, before and after, and who else has the same. */
export interface RenderedChart {
  readonly ids: readonly string[];
  /** The one of them that it was rendered for. */
  readonly id: string;
  readonly before: readonly KubeObject[];
  readonly after: readonly KubeObject[];
}

/** The changes of what the chart makes; rendered for one tenant, they hold for all with its values. */
export function chartChanges(
  { ids, id, before, after }: RenderedChart,
  tenants: TenantsOfTrees,
): readonly GroupedChange[] {
  const version = (objects: readonly KubeObject[]): TreeFile => ({
    mode: '100644',
    text: JSON.stringify(objects.map(decoded), null, 2),
    isText: true,
  });
  const file = { path: 'the chart', before: version(before), after: version(after) };
  const names = commonNames(id, tenants.before.get(id), tenants.after.get(id));
  const shown = (ids.length === 1 ? null : masked(file, names)) ?? file;
  const [was, is] = [shown.before, shown.after].map((made) =>
    objectsIn(JSON.parse(made?.text ?? '[]') as readonly unknown[]),
  );
  const changes =
    was == null || is == null ? [rawChange(shown)] : documentChanges(was, is, 'changed');
  return changes.map((change) => ({
    ids: ids.toSorted(),
    tenant: 'changed',
    change: withWords(change),
  }));
}

/** A Secret with its data as text: the chart keeps the vcluster's settings in one. */
function decoded(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret') return object;
  const data = Object.entries((object['data'] ?? {}) as Readonly<Record<string, string>>);
  const texts = data.map(([key, text]) => [key, Buffer.from(text, 'base64').toString()]);
  return { ...object, data: Object.fromEntries(texts) as Readonly<Record<string, string>> };
}

function sameFiles(
  files: readonly TenantFile[],
  { before, after }: TenantsOfTrees,
): Iterable<SameFile> {
  const byText = new Map<string, SameFile>();
  for (const { id, file } of files) {
    const [was, is] = [before.get(id), after.get(id)];
    const tenant = was === undefined ? 'new' : is === undefined ? 'gone' : 'changed';
    const shown = masked(file, commonNames(id, was, is));
    const texts = [shown?.before, shown?.after].map((version) =>
      version == null ? '' : `${version.mode} ${version.isText} ${version.text}`,
    );
    const key = [tenant, shown?.path ?? `${id}/${file.path}`, ...texts].join('\0');
    const same = byText.get(key);
    if (same === undefined) byText.set(key, { ids: [id], file, shown: shown ?? file, tenant });
    else same.ids.push(id);
  }
  return byText.values();
}

/** What a tenant is called in both trees: a name that changes is no name to take out. */
function commonNames(
  id: string,
  was: TenantNames | undefined,
  is: TenantNames | undefined,
): TenantNames {
  const [one, other] = [was ?? is, is ?? was];
  const hostnames = one?.hostnames ?? [];
  return {
    id,
    name: one?.name === other?.name ? (one?.name ?? '') : '',
    hostnames: hostnames.join(' ') === other?.hostnames.join(' ') ? hostnames : [],
  };
}

/** A file without its tenant's names; null where they cannot be taken out. */
function masked({ path, before, after }: FileVersions, names: TenantNames): FileVersions | null {
  const mask = new NameMask(names, path);
  const version = (file: TreeFile | null) => {
    const text = file === null ? '' : mask.text(file.text);
    return text === null ? null : { file: file && { ...file, text } };
  };
  const [at, was, is] = [mask.text(path), version(before), version(after)];
  return at === null || was === null || is === null
    ? null
    : { path: at, before: was.file, after: is.file };
}

/** Numbers that JSON has no word for, told apart. */
function exact(_key: string, value: unknown): unknown {
  const isPlain = typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0));
  return isPlain ? value : ['number', Object.is(value, -0) ? '-0' : String(value)];
}

/** A change with words for what stands for names. */
function withWords<T>(value: T): T {
  if (typeof value === 'string') return unmasked(value) as T;
  if (Array.isArray(value)) return value.map(withWords) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [unmasked(key), withWords(child as unknown)]),
  ) as T;
}
