import type { V1ManagedFieldsEntry } from '@tenantry/kube-library';
import type { Json } from '@tenantry/plan';

type Entry = Json<V1ManagedFieldsEntry>;
type Fields = Readonly<Record<string, unknown>>;

/**
 * Who manages which fields of an object once `to` has taken over what `from` has applied; null where
 * `from` has applied nothing.
 */
export function takenOver(
  entries: readonly Entry[],
  from: string,
  to: string,
): readonly Entry[] | null {
  const isApplied = (entry: Entry, manager: string) =>
    entry.manager === manager && entry.operation === 'Apply' && entry.subresource === undefined;
  const theirs = entries.find((entry) => isApplied(entry, from));
  if (theirs === undefined) return null;
  const own = entries.find((entry) => isApplied(entry, to));
  const rest = entries.filter((entry) => entry !== theirs && entry !== own);
  const fieldsV1 = union((own?.fieldsV1 ?? {}) as Fields, (theirs.fieldsV1 ?? {}) as Fields);
  return [...rest, { ...theirs, manager: to, fieldsV1 }];
}

/** Sets of fields are objects, empty at their leaves. */
function union(a: Fields, b: Fields): Fields {
  const merged = Object.entries(b).map(([key, value]) => [
    key,
    union((a[key] ?? {}) as Fields, value as Fields),
  ]);
  return { ...a, ...Object.fromEntries(merged) };
}
