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

type Fields = Readonly<Record<string, unknown>>;

function collect(from: unknown, to: unknown, path: string, changes: FieldChange[]): void {
  if (Object.is(from, to)) return;
  if (isFields(from) && isFields(to)) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) {
      collect(from[key], to[key], path === '' ? step(key) : `${path}${dotted(key)}`, changes);
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

function step(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}

function dotted(key: string): string {
  return /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
