import { isDeepStrictEqual } from 'node:util';
import type { V1PolicyRule } from '@kubernetes/client-node';
import { valueAt } from '@tenantry/tenants';
import type { Json, KubeObject } from '../kube-object.ts';
import { listAt } from '../value-at.ts';

/** As a file may hold it: what it must have may be missing. */
type Rule = Partial<Json<V1PolicyRule>>;

/** One verb on one resource, or on one path of the API server. */
interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** Undefined is every name. */
  readonly name: string | undefined;
  readonly url: string | undefined;
}

/** The rights that one list of rules gives and the other does not, a line each. */
export function newRights(
  before: readonly unknown[],
  after: readonly unknown[],
): readonly string[] {
  const had = rightsOf(before as readonly Rule[]);
  const added = rightsOf(after as readonly Rule[]).filter(
    (right) => !had.some((other) => isWithin(right, other)),
  );
  return [...new Set(added.map(describe))];
}

/** What a binding gives, and to whom, that it did not. */
export function newSubjects(before: KubeObject | null, after: KubeObject): readonly string[] {
  const had = listAt(before, ['subjects']);
  const added = listAt(after, ['subjects']).filter(
    (subject) => !had.some((other) => isDeepStrictEqual(subject, other)),
  );
  const role = valueAt(after, ['roleRef']);
  const isOther = before !== null && !isDeepStrictEqual(valueAt(before, ['roleRef']), role);
  return [
    ...(isOther ? ['another role'] : []),
    ...added.map((subject) => {
      const [kind, namespace, name] = ['kind', 'namespace', 'name'].map((field) =>
        valueAt(subject, [field]),
      );
      const whole = typeof namespace === 'string' ? `${namespace}/${String(name)}` : String(name);
      return `bound to ${String(kind)} ${whole}`;
    }),
  ];
}

function rightsOf(rules: readonly Rule[]): readonly Right[] {
  return rules.flatMap(
    ({ verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }) =>
      verbs.flatMap((verb) => [
        ...apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            (resourceNames.length === 0 ? [undefined] : resourceNames).map((name) => ({
              verb,
              group,
              resource,
              name,
              url: undefined,
            })),
          ),
        ),
        ...nonResourceURLs.map((url) => ({
          verb,
          group: '',
          resource: '',
          name: undefined,
          url,
        })),
      ]),
  );
}

function isWithin(inner: Right, outer: Right): boolean {
  const matches = (one: string, other: string) => other === '*' || one === other;
  if (!matches(inner.verb, outer.verb)) return false;
  if (inner.url !== undefined || outer.url !== undefined) {
    return inner.url !== undefined && outer.url !== undefined && matches(inner.url, outer.url);
  }
  return (
    matches(inner.group, outer.group) &&
    matches(inner.resource, outer.resource) &&
    (outer.name === undefined || inner.name === outer.name)
  );
}

function describe({ verb, group, resource, name, url }: Right): string {
  if (url !== undefined) return `${verb} ${url}`;
  const what = group === '' ? resource : `${resource}.${group}`;
  return name === undefined ? `${verb} ${what}` : `${verb} ${what}/${name}`;
}
