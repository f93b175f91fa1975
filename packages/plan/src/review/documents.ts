import { loadAll, YAMLException } from 'js-yaml';
import { type State, valueAt } from '@tenantry/tenants';
import { type KubeObject, referenceOf } from '../kube-object.ts';
import type { Subject, TenantVersion } from '../risks/risk.ts';
import type { TreeFile } from './tree-file.ts';

/** Writes what a file of dist/ holds as synth does, so that comments and the like stand out. */
export type YamlWriter = (value: object) => string;

/** What a file holds. */
export interface Documents {
  /** By reference for objects, by path for what is none. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly what: Subject['kind'] | 'other';
}

const REGULAR = new Set(['100644', '100755']);

/** What a version of a file holds; null where it is not what dist/ has at such a path. */
export function parseFile(path: string, file: TreeFile | null): Documents | null {
  const what = kindOf(path);
  if (what === null) return null;
  if (file === null) return { values: new Map(), what };
  if (!file.isText || !REGULAR.has(file.mode)) return null;
  if (path.endsWith('.json')) {
    const value = parsed(() => JSON.parse(file.text) as unknown);
    return value === undefined ? null : { values: new Map([[path, value]]), what };
  }
  const values = parsed(() => loadAll(file.text, { maxAliases: 0 }) as readonly unknown[]);
  if (values === undefined) return null;
  if (what !== 'object') {
    return values.length === 1 ? { values: new Map([[path, values[0]]]), what } : null;
  }
  return objectsIn(values);
}

/** Null where one is no object, or two have the same name. */
export function objectsIn(values: readonly unknown[]): Documents | null {
  if (!values.every(isObject)) return null;
  const byReference = new Map(values.map((value) => [referenceOf(value), value]));
  return byReference.size === values.length ? { values: byReference, what: 'object' } : null;
}

function kindOf(path: string): Documents['what'] | null {
  if (/^(?:(?:host|virtual)|_host|_hosts\/[^/]+)\/[^/]+\.yaml$/.test(path)) return 'object';
  // A list for kustomize has no name.
  if (/^_flux\/(?:.*\/)?(?!kustomization\.yaml$)[^/]+\.yaml$/.test(path)) return 'object';
  if (path === 'vcluster.yaml') return 'values';
  if (path === 'tenant.json') return 'tenant';
  return path.endsWith('.json') ? 'other' : null;
}

/** Whether a file is, byte for byte, what synth writes for what it holds. */
export function isAsWritten(path: string, file: TreeFile | null, write: YamlWriter): boolean {
  if (file === null) return true;
  const values = [...(parseFile(path, file)?.values.values() ?? [])];
  const [value] = values;
  if (values.length !== 1 || typeof value !== 'object' || value === null) return false;
  if (file.mode !== '100644') return false;
  const text = path.endsWith('.json') ? `${JSON.stringify(value, null, 2)}\n` : write(value);
  return text === file.text;
}

/** What the rules for risks look at in a document; null where there is no rule for it. */
export function subjectOf(
  what: Documents['what'],
  before: unknown,
  after: unknown,
  isNew: boolean,
): Subject | null {
  switch (what) {
    case 'object':
      return {
        kind: 'object',
        before: (before ?? null) as KubeObject | null,
        after: (after ?? null) as KubeObject | null,
        isNew,
      };
    case 'values':
      return { kind: 'values', before: before ?? null, after: after ?? null };
    case 'tenant':
      return { kind: 'tenant', before: versionOf(before), after: versionOf(after) };
    default:
      return null;
  }
}

function versionOf(manifest: unknown): TenantVersion | null {
  if (manifest === undefined) return null;
  return {
    state: String(valueAt(manifest, ['state'])) as State,
    chartVersion: String(valueAt(manifest, ['chartVersion'])),
  };
}

function isObject(value: unknown): value is KubeObject {
  const [apiVersion, kind, name] = [['apiVersion'], ['kind'], ['metadata', 'name']].map((path) =>
    valueAt(value, path),
  );
  return [apiVersion, kind, name].every((text) => typeof text === 'string' && text !== '');
}

/** Undefined where the text cannot be read. */
function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof YAMLException) return undefined;
    throw error;
  }
}
