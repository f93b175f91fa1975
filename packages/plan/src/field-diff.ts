/** One field that differs. What is absent is undefined, and so left out of JSON. */
export interface FieldChange {
  /** `spec.hard.pods`; an element of a list by its name where it has one: `containers[app].image`. */
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** The fields in which `to` differs from `from`, each at the deepest path, sorted by path. */
export function fieldChanges(from: unknown, to: unknown): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  collect(from, to, '', changes);
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What stands for a value that nobody is to read, as in `kubectl diff`. */
const HIDDEN = '***';

/** The same change, of which it only shows whether there is a value. */
export function withoutValues({ path, from, to }: FieldChange): FieldChange {
  return {
    path,
    ...(from !== undefined && { from: HIDDEN }),
    ...(to !== undefined && { to: HIDDEN }),
  };
}

/**
 * The same for a reviewer: what is new or gone field by field, and lists of named things that are in
 * another order, as `spec.template.spec.initContainers (order)`.
 */
export function reviewedChanges(from: unknown, to: unknown): readonly FieldChange[] {
  const changes = fieldChanges(from, to).flatMap((change): readonly FieldChange[] => {
    if (change.from === undefined) {
      return leaves(change.to, change.path).map(([path, value]) => ({ path, to: value }));
    }
    if (change.to === undefined) {
      return leaves(change.from, change.path).map(([path, value]) => ({ path, from: value }));
    }
    return [change];
  });
  return [...changes, ...orderChanges(from, to, '')];
}

/** All that has no field below it, with its path. */
function leaves(value: unknown, path: string): readonly (readonly [string, unknown])[] {
  const below = isFields(value)
    ? Object.keys(value).map((key) => [join(path, key), value[key]] as const)
    : Array.isArray(value)
      ? [...(keyed(value) ?? value.entries())].map(
          ([key, item]) => [`${path}[${key}]`, item] as const,
        )
      : [];
  return below.length === 0 ? [[path, value]] : below.flatMap(([at, child]) => leaves(child, at));
}

function orderChanges(from: unknown, to: unknown, path: string): readonly FieldChange[] {
  if (isFields(from) && isFields(to)) {
    return Object.keys(from).flatMap((key) =>
      orderChanges(own(from, key), own(to, key), join(path, key)),
    );
  }
  if (!Array.isArray(from) || !Array.isArray(to)) return [];
  const [before, after] = [keyed(from), keyed(to)];
  if (before === null || after === null) {
    return from.flatMap((item, index) => orderChanges(item, to[index], `${path}[${index}]`));
  }
  const common = [...before.keys()].filter((key) => after.has(key));
  const now = [...after.keys()].filter((key) => before.has(key));
  const isMoved = common.some((key, index) => key !== now[index]);
  return [
    ...(isMoved ? [{ path: `${path} (order)`, from: common, to: now }] : []),
    ...common.flatMap((key) => orderChanges(before.get(key), after.get(key), `${path}[${key}]`)),
  ];
}

/** Whether the fields that both have stand in the same order, which a parsed object does not say. */
export function isSameKeyOrder(from: unknown, to: unknown): boolean {
  if (isFields(from) && isFields(to)) {
    const common = Object.keys(from).filter((key) => Object.hasOwn(to, key));
    const now = Object.keys(to).filter((key) => Object.hasOwn(from, key));
    return common.every((key, at) => key === now[at] && isSameKeyOrder(from[key], to[key]));
  }
  if (!Array.isArray(from) || !Array.isArray(to)) return true;
  const [before, after] = [keyed(from), keyed(to)];
  if (before === null || after === null) {
    return from.every((item, index) => isSameKeyOrder(item, to[index]));
  }
  return [...before].every(([key, item]) => isSameKeyOrder(item, after.get(key)));
}

type Fields = Readonly<Record<string, unknown>>;

function collect(from: unknown, to: unknown, path: string, changes: FieldChange[]): void {
  if (Object.is(from, to)) return;
  if (isFields(from) && isFields(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      collect(own(from, key), own(to, key), join(path, key), changes);
    }
    return;
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    const [before, after] = [keyed(from), keyed(to)];
    if (before !== null && after !== null) {
      for (const key of new Set([...before.keys(), ...after.keys()])) {
        collect(before.get(key), after.get(key), `${path}[${key}]`, changes);
      }
      return;
    }
    for (let index = 0; index < Math.max(from.length, to.length); index += 1) {
      collect(from[index], to[index], `${path}[${index}]`, changes);
    }
    return;
  }
  changes.push({
    path,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  });
}

/** A list of things with names, by name; null where it is another kind of list. */
function keyed(list: readonly unknown[]): ReadonlyMap<string, unknown> | null {
  const byName = new Map<string, unknown>();
  for (const item of list) {
    const name = isFields(item) ? item['name'] : undefined;
    if (typeof name !== 'string' || byName.has(name)) return null;
    byName.set(name, item);
  }
  return byName;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field of an object from YAML, where `constructor` and `__proto__` are keys like others. */
function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

function join(path: string, key: string): string {
  const isWord = /^[\w-]+$/.test(key);
  if (path === '') return isWord ? key : JSON.stringify(key);
  return isWord ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}
