import * as fc from 'fast-check';

/** Texts that one YAML reader or another takes for something else than a string, or refuses. */
export const ODD_TEXTS = [
  ['yes', 'No', 'on', 'OFF', 'y', 'N', 'true', 'False', 'null', 'Null', '~', '=', '<<'],
  ['0', '-1', '0123', '0o17', '0x1F', '0b11', '0X1F', '-0O7', '+0B1', '1_000', '1e3', '1.5', '.5'],
  [
    '1.',
    '+1',
    'e3',
    '-E6',
    '.e1',
    'E+9',
    '.inf',
    '-.INF',
    '.nan',
    '12:30:45',
    '2026-01-01',
    '2026-01-01T00:00:00Z',
  ],
  [
    '1:30',
    '1:30.5',
    '012',
    '0_7',
    '1__0',
    '1_',
    '.5_0',
    '1e+3',
    '-.5e-3',
    '2026-1-1',
    '09',
    '08:59',
  ],
  ['2026-01-01 12:00:00 +1', '2026-1-1T1:1:1Z', '190:20:30', '1_0:5', '0x_1', '-0b1', '+.inf'],
  [
    ': x',
    'a: b',
    'a:',
    '- a',
    '-',
    '---',
    '...',
    '? a',
    '?',
    '# a',
    'a #b',
    '!tag',
    '!!int 1',
    '!',
  ],
  ['&anchor', '*alias', '| a', '> a', '%TAG', '@a', '`a`', '[a]', '{a}', ',', '{{ .Values.a }}'],
  ["'", '"', "O'Brien", '"Al"', 'a\\nb', '\\u0041', 'C:\\Users', '$(NAME)', '${HOME}'],
  ['✋', '👩‍👩‍👧‍👦', 'Müller & Söhne', '日本語', 'مرحبا بالعالم', 'Ελλάδα Україна ไทย', 'e\u0301'],
  ['a  b', 'A'.repeat(100), `${'long words '.repeat(9)}!`, 'x'.repeat(3000), '', ' ', '  '],
  ['a\u2028b', 'a\u2029b', 'a\u0085b', 'a\u007Fb', '\uFEFFa', 'a\uFEFF', '\u0000', '\u001B[0m'],
  ['\tx', 'x\t', 'a\tb', '\tx\ny', 'x\n\ty', 'a\u00A0b', '\u00A0', '\uFFFE', '\uFFFF', '\u{1FFFF}'],
  [
    ' a',
    'a ',
    '\na',
    'a\n',
    '\n',
    '\n\n',
    'a\n\n',
    'a\n\nb',
    ' a\nb',
    'a\n b',
    'a\n  \nb',
    'a \nb',
  ],
  ['a\r\nb', 'a\rb', 'one\n\n  two\n', '# a\nb', '- a\n- b', 'a: b\nc: d', '---\na', 'a\n---\nb'],
  ['a\n...\n', '%YAML 1.2\n---', '|\n a', '"a\nb"', "'a\nb'", 'a\n#b', 'é\nü', 'a\n\u00A0b'],
].flat();

const PIECES = Array.from(
  'abyn01._-+:=<>~eExo \t\n\r#"\'\\/{}[],&*!|%@`?é✋😀\u2028\u0085\u007F\uFEFF\u00A0',
);

/** Any text that is whole characters, often one made of what means something to YAML. */
export const anyText = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

/** Any plain data that JSON can hold, with such texts as keys and values. */
export const anyObject = fc
  .dictionary(
    anyText,
    fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        anyText,
        fc.constantFrom(null, true, false, 0, -1, 1e21, 1e-7, 0.5, 2 ** 53, -1.5e300),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(anyText, tie('value'), { maxKeys: 3 }),
      ),
    })).value,
    { minKeys: 1, maxKeys: 4 },
  )
  // What a dictionary cannot hold under its own name.
  .filter((object) => !JSON.stringify(object).includes('__proto__'));
