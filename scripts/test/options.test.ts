import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { booleanVariable, isCi } from '../lib/cli/boolean.ts';
import {
  describeOptions,
  readArguments,
  readOwnArguments,
  wantsHelp,
  type Options,
} from '../lib/cli/options.ts';

const OPTIONS = {
  check: { type: 'boolean', description: 'look only' },
  out: { type: 'path', value: 'DIR', description: 'where to' },
  name: { type: 'string', value: 'NAME', description: 'who' },
  plan: { type: 'path', value: 'FILE', description: 'what', variable: 'TENANTRY_PLAN_FILE' },
  'discard-volumes': { type: 'boolean', description: 'lose data', variable: false },
} as const satisfies Options;

const read = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  readArguments(OPTIONS, { argv, env, directory: '/home/user' });

/** A word in any mixture of upper and lower case. */
const inAnyCase = (word: string) =>
  fc
    .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
    .map((upper) =>
      Array.from(word, (letter, index) => (upper[index] ? letter.toUpperCase() : letter)).join(''),
    );

const YES = ['1', 'true', 'yes', 'on'];
const NO = ['0', 'false', 'no', 'off'];

describe('a boolean variable', () => {
  test.each([
    ['yes', YES, true],
    ['no', NO, false],
  ])('says %s in every spelling', (_, words, value) => {
    fc.assert(
      fc.property(fc.oneof(...words.map(inAnyCase)), (text) => {
        expect(booleanVariable('V', text)).toBe(value);
        expect(read([], { TENANTRY_CHECK: text }).values).toEqual({ check: value });
      }),
    );
  });

  test('is refused at any other text, and empty counts as not set', () => {
    const near = fc.constantFrom('y', 'n', 'enabled', '2', '-1', ' yes', 'no\n', 'ｙｅｓ', 'nein');
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
        if (text === '') return expect(booleanVariable('V', text)).toBeNull();
        fc.pre(![...YES, ...NO].includes(text.toLowerCase()));
        expect(() => booleanVariable('V', text)).toThrow(/^V is .*nothing was done/);
        expect(() => read([], { TENANTRY_CHECK: text })).toThrow(/TENANTRY_CHECK is/);
      }),
    );
  });

  test('CI, which is not ours, may say anything; a word for no is no', () => {
    expect(['true', '1', 'woodpecker'].map(isCi)).toEqual([true, true, true]);
    expect(['false', '0', 'Off', '', undefined].map(isCi)).toEqual(Array(5).fill(false));
  });

  test('gives way to the command line', () => {
    expect(read(['--check'], { TENANTRY_CHECK: 'no' }).values).toEqual({ check: true });
  });
});

describe('a flag that destroys', () => {
  test('takes no variable, whatever it says, and says so', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...YES, ...NO), fc.string({ minLength: 1 })), (text) => {
        expect(() => read(['--discard-volumes'], { TENANTRY_DISCARD_VOLUMES: text })).toThrow(
          'TENANTRY_DISCARD_VOLUMES is set, and --discard-volumes is taken from the command line only',
        );
      }),
    );
    expect(read([], { TENANTRY_DISCARD_VOLUMES: '' }).values).toEqual({});
  });

  test('is offered without one', () => {
    expect(describeOptions(OPTIONS).split('\n')).toEqual([
      '  --check              look only (or TENANTRY_CHECK)',
      '  --out DIR            where to (or TENANTRY_OUT)',
      '  --name NAME          who (or TENANTRY_NAME)',
      '  --plan FILE          what (or TENANTRY_PLAN_FILE)',
      '  --discard-volumes    lose data',
    ]);
  });
});

test('a path is read from where the user stands', () => {
  expect(read(['--out', '../x']).values).toEqual({ out: '/home/x' });
  expect(read(['--out', '/x']).values).toEqual({ out: '/x' });
  expect(read([], { TENANTRY_OUT: 'x' }).values).toEqual({ out: '/home/user/x' });
  expect(() => read(['--out', ''])).toThrow('--out is empty');
});

test('an option with a variable of its own takes that one alone', () => {
  expect(read([], { TENANTRY_PLAN_FILE: 'x', TENANTRY_PLAN: 'small' }).values).toEqual({
    plan: '/home/user/x',
  });
  expect(read([], { TENANTRY_PLAN: 'small' }).values).toEqual({});
});

describe('what is not known is refused with the nearest', () => {
  test.each([
    [['--chekc'], 'unknown flag --chekc; nothing was done\n  → did you mean --check?'],
    [['--discard-volume=yes'], 'did you mean --discard-volumes?'],
    [['--hepl'], 'did you mean --help?'],
    [
      ['-x'],
      'unknown flag -x; nothing was done\n  → known: --check, --out, --name, --plan, --disc',
    ],
    [['--check=no'], 'nothing was done\n  → see --help'],
    [['--name'], 'nothing was done\n  → see --help'],
  ])('%j', (argv, message) => expect(() => read(argv)).toThrow(message));

  test('but not behind --, which is another program’s', () => {
    expect(read(['alice', '--', 'kubectl', '--chekc']).positionals).toEqual([
      'alice',
      'kubectl',
      '--chekc',
    ]);
  });
});

test('help is asked for by a command’s own arguments only', () => {
  expect(['--help', '-h'].map((word) => wantsHelp(['x', '--bogus', word]))).toEqual([true, true]);
  expect(wantsHelp(['alice', '--', 'kubectl', '--help'])).toBe(false);
});

test('a command that hands arguments on takes out its own', () => {
  const source = { argv: ['a.test', '--check', '-t', 'x y'], env: {}, directory: '/' };
  expect(readOwnArguments(OPTIONS, source)).toEqual({
    values: { check: true },
    positionals: ['a.test', '-t', 'x y'],
  });
});
