import { isDeepStrictEqual } from 'node:util';
import { valueAt } from '@tenantry/tenants';
import type { KubeObject } from '../kube-object.ts';
import { listAt, textsAt } from '../value-at.ts';

/** In what a ValidatingAdmissionPolicy refuses less than it did, or may do so. */
export function weakenedPolicy(before: KubeObject, after: KubeObject): readonly string[] {
  const expressions = (object: KubeObject, field: string) =>
    listAt(object, ['spec', field]).map((entry) => String(valueAt(entry, ['expression'])));
  const kept = expressions(after, 'validations');
  const gone = expressions(before, 'validations').filter((text) => !kept.includes(text)).length;
  const conditions = expressions(before, 'matchConditions');
  const more = expressions(after, 'matchConditions').filter((text) => !conditions.includes(text));
  return [
    ...(gone === 0 ? [] : [`${gone} of its validations changed or gone`]),
    ...(more.length === 0 ? [] : [`${more.length} of its match conditions changed or new`]),
    ...ignoresFailure(before, after),
    ...narrowed(before, after, ['spec', 'matchConstraints']),
    ...(isDeepStrictEqual(...both(before, after, ['spec', 'paramKind']))
      ? []
      : ['it takes other parameters']),
  ];
}

/** In what a binding puts less of its policy into effect, or may do so. */
export function weakenedBinding(before: KubeObject, after: KubeObject): readonly string[] {
  const path = ['spec', 'validationActions'];
  const lost = textsAt(before, path).filter((action) => !textsAt(after, path).includes(action));
  return [
    ...lost.map((action) => `it does not ${action} any more`),
    ...['policyName', 'paramRef'].flatMap((field) =>
      isDeepStrictEqual(...both(before, after, ['spec', field])) ? [] : [`another ${field}`],
    ),
    ...narrowed(before, after, ['spec', 'matchResources']),
  ];
}

function ignoresFailure(before: KubeObject, after: KubeObject): readonly string[] {
  const [was, is] = both(before, after, ['spec', 'failurePolicy']);
  return is === 'Ignore' && was !== 'Ignore' ? ['what it cannot judge passes'] : [];
}

/** Whether it holds for fewer requests than before. */
function narrowed(
  before: KubeObject,
  after: KubeObject,
  path: readonly string[],
): readonly string[] {
  const [was, is] = both(before, after, path);
  if (isDeepStrictEqual(was, is)) return [];
  const rules = listAt(is, ['resourceRules']);
  const lost = listAt(was, ['resourceRules']).filter(
    (rule) => !rules.some((other) => isDeepStrictEqual(rule, other)),
  );
  const selectors = ['namespaceSelector', 'objectSelector', 'excludeResourceRules', 'matchPolicy'];
  const changed = selectors.filter(
    (field) => !isDeepStrictEqual(valueAt(was, [field]), valueAt(is, [field])),
  );
  return [
    ...(lost.length === 0 ? [] : [`${lost.length} of its resource rules changed or gone`]),
    ...changed.map((field) => `another ${field}`),
  ];
}

function both(
  before: KubeObject,
  after: KubeObject,
  path: readonly string[],
): readonly [unknown, unknown] {
  return [valueAt(before, path), valueAt(after, path)];
}
