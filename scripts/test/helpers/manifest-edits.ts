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

export interface Manifest {
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

/** A manifest before and after one edit of the object, of its text, or of both. */
export interface ManifestEdit {
  readonly before: Manifest;
  readonly after: Manifest;
  /** Both as they are in dist/. */
  readonly texts: { readonly before: string; readonly after: string };
  readonly isOfText: boolean;
}

export const manifestEdit: fc.Arbitrary<ManifestEdit> = fc
  .record({
    before: manifest,
    // One for each way down, and at its end.
    choices: fc.array(fc.nat(), { minLength: 16, maxLength: 16 }),
    replacement: leaf,
    ofText: fc.option(fc.constantFrom(...textEdits), { freq: 2 }),
    ofValue: fc.boolean(),
  })
  .map(({ before, choices, replacement, ofText, ofValue }) => {
    let taken = 0;
    const choose = (below: number) => (choices[taken++] ?? 0) % below;
    const after =
      ofValue || ofText === null
        ? { ...before, spec: edited(before.spec, choose, replacement) }
        : before;
    const [was, is] = [toYaml(before), toYaml(after)];
    const texts = { before: was, after: ofText === null ? is : ofText(is) };
    return { before, after, texts, isOfText: ofText !== null };
  })
  .filter(({ texts }) => texts.before !== texts.after);

/** What `pnpm review` says of it, as a tenant's manifest. */
export function reviewEdit({ texts }: ManifestEdit) {
  const version = (content: string) => ({ mode: '100644', text: content, isText: true });
  const file: FileVersions = {
    path: 'alice/virtual/object.yaml',
    before: version(texts.before),
    after: version(texts.after),
  };
  const fleet = fleetVersions(
    { before: null, after: null },
    { before: ['alice'], after: ['alice'] },
  );
  return review({ base: '', files: [file], fleet, charts: [], notes: [] }, toYaml).sections;
}
