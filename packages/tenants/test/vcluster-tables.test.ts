import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { versions } from '../../sealed/src/versions.ts';
import { keysAt, schemaAt } from '../src/schema-keys.ts';
import { CLOSED, PAID } from '../src/vcluster-closed.ts';
import { OPEN } from '../src/vcluster-open.ts';
import { vclusterSchema } from '../src/vcluster-schema.ts';

const tables = { OPEN, PAID, CLOSED };

test.each(Object.entries(tables))('every path of %s is one of the chart', (_, table) => {
  const isThere = (path: string) => schemaAt(vclusterSchema(), path.split('.')) !== undefined;
  expect([...table.keys()].filter((path) => !isThere(path))).toEqual([]);
});

test('what is open lies under nothing that is open already', () => {
  const nested = [...OPEN.keys()].filter((path) => parents(path).some((above) => OPEN.has(above)));
  expect(nested).toEqual([]);
});

test('every value of the chart is open, paid, or closed for a reason', () => {
  const unknown = leaves().filter(
    (path) =>
      ![path, ...parents(path)].some((at) => OPEN.has(at) || PAID.has(at) || CLOSED.has(at)),
  );
  // What the table leaves out is closed too, and says that nobody has looked at it.
  expect(unknown).toEqual(['global', 'serviceCIDR', 'pro']);
});

describe('what was taken from the pinned chart', () => {
  const cache =
    process.env['GOMODCACHE'] ?? join(process.env['GOPATH'] ?? join(homedir(), 'go'), 'pkg/mod');
  const module = join(cache, `github.com/loft-sh/vcluster@v${versions.vcluster}`);
  const here = existsSync(module) ? test : test.skip;

  here('the schema is the chart’s (skipped where its module is not in the cache)', () => {
    const committed = readFileSync(join(import.meta.dirname, '../vcluster.schema.json'), 'utf8');
    expect(committed === readFileSync(join(module, 'chart/values.schema.json'), 'utf8')).toBe(true);
  });

  here('the paid features are those it asks a licence for (skipped likewise)', () => {
    const source = readFileSync(join(module, 'config/config.go'), 'utf8');
    const body = /func \(c \*Config\) IsProFeatureEnabled\(\) bool \{(.*?)\n\}/s.exec(source)?.[1];
    // Without those that must not be set: standalone has nodes of its own.
    const asked = [...(body ?? '').matchAll(/(?<!!)\bc\.((?:\w+\.)*\w+)/g)].map(([, path]) => path);
    // Go's names are the values' but for their case.
    const wanted = asked.map((path = '') => path.toLowerCase()).toSorted();
    expect([...PAID.keys()].map((path) => path.toLowerCase()).toSorted()).toEqual(wanted);
  });
});

/** The paths of all values that hold no other known keys. */
function leaves(path: readonly string[] = []): readonly string[] {
  const keys = keysAt(vclusterSchema(), path);
  if (keys.length === 0) return [path.join('.')];
  return keys.flatMap((key) => leaves([...path, key]));
}

function parents(path: string): readonly string[] {
  const parts = path.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
}
