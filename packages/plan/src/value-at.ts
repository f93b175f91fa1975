/** What lies at a path in an object or in values. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Readonly<Record<string, unknown>>)[key]
        : undefined,
    value,
  );
}

/** A list at a path; empty where there is none. */
export function listAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const list = valueAt(value, path);
  return Array.isArray(list) ? list : [];
}

/** A value as text, whatever it is. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** A list of texts at a path; empty where there is none. */
export function textsAt(value: unknown, path: readonly string[]): readonly string[] {
  return listAt(value, path).map(String);
}
