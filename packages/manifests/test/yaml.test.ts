import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Document, parse, parseDocument, visit } from 'yaml';
import { synthesize } from '../src/index.ts';
import { HostApp } from '../src/host-app.ts';
import { objectsOf } from '../src/manifest-object.ts';
import { toYaml, yamlTemplate } from '../src/yaml.ts';
import { alice, contentsOf, fleetOf, onlyTenant, pins, treeOf } from './fleet.ts';
import { anyObject, anyText } from './odd-objects.ts';

/** Texts that one YAML reader or another takes for something else than a string. */
const trickyNames = [
  ['yes', 'No', 'on', 'OFF', 'y', 'N', 'true', 'False', 'null', 'Null', '~', '=', '<<'],
  ['0', '-1', '0123', '0o17', '0x1F', '0b11', '0X1F', '-0O7', '+0B1', '1_000', '1e3', '1.5', '.5'],
  ['1.', '+1', '.inf', '-.INF', '.nan', '12:30:45', '2026-01-01', '2026-01-01T00:00:00Z'],
  [': x', 'a: b', 'a:', '- a', '-', '---', '...', '? a', '# a', 'a #b', '!tag', '!!int 1'],
  ['&anchor', '*alias', '| a', '> a', '%TAG', '@a', '`a`', '[a]', '{a}', ',', '{{ .Values.a }}'],
  ["'", '"', "O'Brien", '"Al"', 'a\\nb', '\\u0041', 'C:\\Users', '$(NAME)', '${HOME}'],
  ['✋', '👩‍👩‍👧‍👦', 'Müller & Söhne', '日本語', 'مرحبا بالعالم', 'Ελλάδα Україна ไทย', 'e\u0301'],
  ['a  b', 'A'.repeat(100), `${'long words '.repeat(9)}!`],
].flat();

const versions = ['1.1', '1.2'] as const;

/** What the layout has to get right, at the top and inside a branch. */
const shapes = {
  '%top': 0,
  ['k'.repeat(2000)]: { below: ['k'.repeat(2000)] },
  nothing: [null, {}, [], { list: [], map: {} }],
  lists: [[['a'], 'b'], [{ c: 1, d: [2] }]],
  lines: ['one\n\n  two\n', ' one\ntwo', 'one\n\n', 'one: \n two\n \n'],
};
const shaped = { ...shapes, inside: { ...shapes, twice: [shapes, shapes] } };

const named = treeOf(trickyNames.map((name, index) => ({ id: `t-${index}`, name })));

// All letters and digits: ids are labels, label values and parts of names.
const trickyIds = ['0', '0123', '1e3', 'null', 'yes', 'y', 'n', 'true', '0x1f', '1-2', 'off'];
const labelled = treeOf(trickyIds.map((id) => ({ id, name: 'Alice' })));

describe.each(versions)('read as YAML %s', (version) => {
  test('every name is still that string', () => {
    const wanted = trickyNames.map((name) => ({ data: { NAME: name, MOTTO: '' }, name }));
    const found = trickyNames.map((_, index) => ({
      data: parse(named.get(`t-${index}/virtual/configmap.fixture-config.yaml`) ?? '', { version })
        .data,
      name: JSON.parse(named.get(`t-${index}/tenant.json`) ?? '').name,
    }));
    expect(found).toEqual(wanted);
  });

  test('every id is a string in every label', () => {
    const found = trickyIds.map((id) => {
      const text = labelled.get(`${id}/host/namespace.vcluster-tenant-${id}.yaml`) ?? '';
      return parse(text, { version }).metadata.labels['tenantry.dev/tenant'];
    });
    expect(found).toEqual(trickyIds);
  });

  test.each(['1.30', '1e3', '0123456', '123456789012', '0x1234567890'])(
    'the image tag %j is a string',
    (tag) => {
      const tree = synthesize(fleetOf([alice]), { ...pins, images: { app: tag } });
      const read = (path: string) => parse(tree.get(`alice/${path}`) ?? '', { version });
      const [container] = read('virtual/deployment.fixture-app.yaml').spec.template.spec.containers;
      expect(container.image).toBe(tag);
    },
  );

  test('every shape of data is that data', () => {
    expect(parse(toYaml(shaped), { version })).toEqual(shaped);
  });

  test('every file is the object that it was made from', () => {
    const fleet = fleetOf([alice]);
    const tenant = onlyTenant(fleet);
    const made = [
      ...objectsOf(new HostApp({ host: tenant.host, pausePage: pins.pausePage }).chart),
      ...contentsOf(tenant),
    ];
    const texts = [...treeOf([alice])].filter(([path]) => path.endsWith('.yaml'));
    expect(texts.map(([, text]) => parse(text, { version }))).toEqual(
      JSON.parse(JSON.stringify(made)),
    );
  });
});

// Go and PyYAML read the same objects in packages/proofs.
test('whatever the texts are, as keys or values, both versions of YAML read them back', () => {
  fc.assert(
    fc.property(anyObject, (object) => {
      const text = toYaml(object);
      for (const version of versions) expect(parse(text, { version })).toEqual(object);
    }),
    { numRuns: 200 },
  );
});

test('a text that is written without asking the library is written as the library would', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9](?:[\w ./-]{0,9}[\w./-])?$/), (text) => {
      const byLibrary = new Document([text], { version: '1.1' }).toString({ lineWidth: 0 });
      const written = toYaml([text]);
      // What stricter rules quote is read back above.
      fc.pre(!written.startsWith('- "'));
      expect(written).toBe(byLibrary);
    }),
    { numRuns: 2000 },
  );
});

test('a template that is filled in is the YAML of the object with the value in it', () => {
  const placeholder = '\uE000';
  fc.assert(
    fc.property(anyObject, anyText, (object, value) => {
      fc.pre(!JSON.stringify(object).includes(placeholder));
      // Somewhere in it, as key, leaf and part of both.
      const around = (text: string) => ({
        [text]: object,
        [`a-${text}`]: [text, { deep: `${text}/${text}` }],
        below: { lines: `one\n${text}\n\ntwo`, object },
      });
      expect(yamlTemplate(around(placeholder), placeholder)(value)).toBe(toYaml(around(value)));
    }),
    { numRuns: 500 },
  );
});

test('what some reader refuses or takes for a line break stands as an escape, on one line', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const written = toYaml([text, { [text]: 1 }]);
      expect(written).not.toMatch(/(?!\n)[\p{Cc}\u2028\u2029\uFEFF\uFFFE\uFFFF]/u);
    }),
    { numRuns: 200 },
  );
  expect(toYaml(['a\u2028b', 'a\u0085b', '\tx\ny', 'a\u007Fb', '\uFEFF'])).toBe(
    String.raw`- "a\u2028b"
- "a\u0085b"
- "\tx\ny"
- "a\u007Fb"
- "\uFEFF"
`,
  );
});

test('half of a character is no text, and is not written as if it were', () => {
  expect(() => toYaml(['a\uD83D'])).toThrow(
    String.raw`half of a character cannot be written: "a\ud83d"`,
  );
});

test('no file uses anchors, aliases, tags or several documents, which are hard to review', () => {
  for (const [path, text] of treeOf([alice])) {
    if (!path.endsWith('.yaml')) continue;
    const document = parseDocument(text, { strict: true });
    expect([path, document.errors, document.warnings]).toEqual([path, [], []]);
    visit(document, {
      Alias: () => expect(path).toBe('without an alias'),
      Node: (_, node) => {
        expect('anchor' in node ? node.anchor : undefined).toBeUndefined();
      },
    });
  }
});

test('the layout is the one that the library would choose', () => {
  const texts = [...treeOf([alice])].filter(([path]) => path.endsWith('.yaml'));
  for (const [path, text] of texts) {
    expect([path, parseDocument(text).toString({ lineWidth: 0 })]).toEqual([path, text]);
  }
});

test('every file ends with one line break and has no others than LF', () => {
  for (const [path, text] of treeOf([alice])) {
    expect([path, /[^\n]\n$/.test(text), text.includes('\r')]).toEqual([path, true, false]);
  }
});
