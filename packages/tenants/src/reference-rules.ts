import type { Breach } from './breach.ts';
import { valueAt } from './explain.ts';
import { show } from './fault.ts';
import { suggest } from './suggest.ts';

/** What is wrong with what tenants say under `key`: it names one of `known`. */
export function referenceBreaches(
  file: unknown,
  key: 'release' | 'wave',
  known: readonly string[],
): readonly Breach[] {
  const tenants = valueAt(file, ['tenants']);
  return (Array.isArray(tenants) ? tenants : []).flatMap((tenant, index): readonly Breach[] => {
    const name: unknown = valueAt(tenant, [key]);
    if (typeof name !== 'string' || known.includes(name)) return [];
    const near = suggest(name, known);
    const hint =
      near === null
        ? `known ${key}s: ${known.map(show).join(', ')}`
        : `did you mean ${show(near)}?`;
    return [
      { path: ['tenants', index, key], message: `found ${show(name)}; no such ${key}; ${hint}` },
    ];
  });
}
