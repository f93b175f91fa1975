import './property-seed.ts';
import { expect, test } from '@jest/globals';
import { toYaml } from '@tenantry/manifests/yaml';
import { type FileVersions, fleetVersions, review } from '@tenantry/plan';
import * as fc from 'fast-check';

const word = fc.constantFrom('a', 'b', 'name', 'ports', 'x.y/z', '__proto__', 'constructor', 'é');
const leaf = fc.oneof(
  fc.constantFrom('', 'no', '1', '1e3', 'alice', 'tenant-alice', 'a b', 'x: y', '#', '\u00e9\n'),
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(word, tie('tree')), { selector: ([key]) => key, maxLength: 4 })
      .map((entries) => Object.fromEntries(entries)),
    fc
      .uniqueArray(fc.constantFrom('web', 'db', 'log'), { maxLength: 3 })
      .map((names) => names.map((name, index) => ({ name, image: `i${index}` }))),
  ),
}));

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: unknown;
}

const manifest: fc.Arbitrary<Manifest> = fc.record({
  apiVersion: fc.constantFrom('v1', 'apps/v1'),
  kind: fc.constantFrom('ConfigMap', 'Deployment', 'NetworkPolicy', 'Secret', 'Role'),
  metadata: fc.record({
    name: fc.constantFrom('app', 'tenant-alice'),
    namespace: fc.constantFrom('default', 'vcluster-tenant-alice'),
  }),
  spec: tree,
});

/** Changes one thing somewhere in a value: another leaf, a field more or less, another order. */
function edited(value: unknown, choose: (below: number) => number, replacement: unknown): unknown {
  if (Array.isArray(value) && value.length > 0) {
    const at = choose(value.length);
    switch (choose(4)) {
      case 0:
        return value.toSpliced(at, 1);
      case 1:
        return value.toSpliced(at, 0, replacement);
      case 2:
        return value.toReversed();
      default:
        return value.with(at, edited(value[at], choose, replacement));
    }
  }
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    const entries = Object.entries(value);
    const at = choose(entries.length);
    const [key = '', child] = entries[at] ?? [];
    switch (choose(4)) {
      case 0:
        return Object.fromEntries(entries.toSpliced(at, 1));
      case 1:
        return Object.fromEntries([...entries, [`${key}2`, replacement]]);
      case 2:
        return Object.fromEntries(entries.toReversed());
      default:
        return Object.fromEntries(
          entries.with(at, [key, edited(child, choose, replacement)] as [string, unknown]),
        );
    }
  }
  return replacement;
}

/** Changes the text and not what it says, or not as far as a parser of objects can tell. */
const textEdits: readonly ((text: string) => string)[] = [
  (text) => `# a comment\n${text}`,
  (text) => text.replace('\n', ' # a comment\n'),
  (text) => text.trimEnd(),
  (text) => `${text}\n`,
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => `---\n${text}`,
  (text) => text.replace('kind: ', 'kind:  '),
  (text) => text.replace('kind: ', '"kind": '),
  (text) => `${text}---\n${text}`,
  (text) => text.replace(/^kind: (\w+)$/m, 'kind: "$1"'),
];

const edit = fc.record({
  choices: fc.infiniteStream(fc.nat()),
  replacement: leaf,
  ofText: fc.option(fc.constantFrom(...textEdits)),
  ofValue: fc.boolean(),
});

const text = (content: string) => ({ mode: '100644', text: content, isText: true });

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
    fc.property(manifest, edit, (before, { choices, replacement, ofText, ofValue }) => {
      const choose = (below: number) => (choices.next().value ?? 0) % below;
      const isEdited = ofValue || ofText === null;
      const after = isEdited
        ? { ...before, spec: edited(before.spec, choose, replacement) }
        : before;
      const [was, is] = [toYaml(before), (ofText ?? ((same) => same))(toYaml(after))];
      fc.pre(was !== is);
      const file: FileVersions = {
        path: 'alice/virtual/object.yaml',
        before: text(was),
        after: text(is),
      };
      const fleet = fleetVersions(
        { before: null, after: null },
        { before: ['alice'], after: ['alice'] },
      );
      const { sections } = review(
        { base: '', files: [file], fleet, charts: [], notes: [] },
        toYaml,
      );
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
      if (ofText !== null) expect(raw).toHaveLength(1);
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
