import type { Breach } from './breach.ts';
import { valueAt } from './explain.ts';
import { show } from './fault.ts';
import { KNOWN_VERSIONS, VERSION_FORM } from './schema.ts';

/** What is wrong with the versions that plans and tenants name: they are among those that are pinned here. */
export function versionBreaches(file: unknown): readonly Breach[] {
  const tenants = valueAt(file, ['tenants']);
  return [
    ...Object.keys(Object(valueAt(file, ['plans'])) as object).map((name) => ['plans', name]),
    ...(Array.isArray(tenants) ? tenants : []).map((_, index) => ['tenants', index]),
  ].flatMap((path) => unknownVersions(file, [...path, 'versions']));
}

function unknownVersions(file: unknown, path: Breach['path']): readonly Breach[] {
  return Object.entries(KNOWN_VERSIONS).flatMap(([of, known]): readonly Breach[] => {
    const found = valueAt(file, [...path, of]);
    if (typeof found !== 'string' || !VERSION_FORM.test(found) || known.includes(found)) return [];
    const message = `found ${show(found)}; no such version is pinned here; known: ${known.map(show).join(', ')}`;
    return [{ path: [...path, of], message }];
  });
}
