import { valueAt } from '@tenantry/tenants';

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
