import './property-seed.ts';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { manifestEdit, reviewEdit } from './helpers/manifest-edits.ts';

/** Without what stands in brackets: a list is told by names or by places. */
const plainPath = (path: string) => path.replaceAll(/\[[^\]]*\]/g, '[]').replace(/ \(order\)$/, '');

/** Each thing that has nothing below it, by its path, lists by place. */
function leaves(value: unknown, path = ''): readonly (readonly [string, string])[] {
  const below = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (below.length === 0) return [[path, JSON.stringify(value)]];
  return below.flatMap(([key, child]) => {
    const isWord = !Array.isArray(value) && /^[\w-]+$/.test(key);
    return leaves(child, isWord ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`);
  });
}

test('no edit of a manifest is missed, and each is told with its object, or line by line', () => {
  fc.assert(
    fc.property(manifestEdit, (edit) => {
      const { before, after, isOfText } = edit;
      const sections = reviewEdit(edit);
      expect(sections.map(({ tenants }) => tenants)).toEqual([['alice']]);
      const changes = sections.flatMap((section) => section.changes);
      const { apiVersion, kind, metadata } = before;
      const reference = `${apiVersion} ${kind} ${metadata.namespace}/${metadata.name}`;
      const raw = changes.filter((change) => change.kind === 'raw');
      const told = changes.filter((change) => change.kind !== 'raw');
      for (const { object } of told) expect(object).toBe(reference);
      for (const { object, lines } of raw) {
        expect([object, lines.length > 0]).toEqual(['virtual/object.yaml', true]);
      }
      if (isOfText) expect(raw).toHaveLength(1);
      // Each field that differs is told, here by an account of its own of both objects.
      if (raw.length > 0 && told.length === 0) return;
      const [old, now] = [new Map(leaves(before)), new Map(leaves(after))];
      const paths = told.flatMap(({ fields }) => fields.map(({ path }) => plainPath(path)));
      for (const path of new Set([...old.keys(), ...now.keys()])) {
        if (old.get(path) === now.get(path)) continue;
        const plain = plainPath(path).slice(1);
        expect(paths.filter((one) => plain.startsWith(one) || one.startsWith(plain))).not.toEqual(
          [],
        );
      }
    }),
    { numRuns: 500 },
  );
});
