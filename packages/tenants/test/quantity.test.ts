import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  parseBytes,
  parseCpu,
  parseQuantity,
  quantityMilliValue,
  quantityValue,
} from '../src/index.ts';

/** What each suffix multiplies by, as a fraction. */
const SUFFIXES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  '': [1n, 1n],
  n: [1n, 1_000_000_000n],
  u: [1n, 1_000_000n],
  m: [1n, 1000n],
  k: [1000n, 1n],
  M: [1_000_000n, 1n],
  G: [1_000_000_000n, 1n],
  T: [1_000_000_000_000n, 1n],
  P: [1_000_000_000_000_000n, 1n],
  E: [1_000_000_000_000_000_000n, 1n],
  Ki: [1024n, 1n],
  Mi: [1024n ** 2n, 1n],
  Gi: [1024n ** 3n, 1n],
  Ti: [1024n ** 4n, 1n],
  Pi: [1024n ** 5n, 1n],
  Ei: [1024n ** 6n, 1n],
};

const digits = fc.stringMatching(/^\d{1,12}$/);
const number = fc.oneof(
  fc.record({ whole: digits, fraction: fc.constant(null) }),
  fc.record({ whole: digits, fraction: fc.oneof(digits, fc.constant('')) }),
  fc.record({ whole: fc.constant(''), fraction: digits }),
);
const exponent = fc.record({
  letter: fc.constantFrom('e', 'E'),
  power: fc.integer({ min: -20, max: 20 }),
  plus: fc.boolean(),
});
const suffix = fc.oneof(fc.constantFrom(...Object.keys(SUFFIXES)), exponent);

test('a quantity of any form is its number times its suffix, exactly, rounded up to a billionth', () => {
  fc.assert(
    fc.property(fc.constantFrom('', '+', '-'), number, suffix, (sign, { whole, fraction }, end) => {
      const [text, times, by] =
        typeof end === 'string'
          ? [end, ...(SUFFIXES[end] ?? [0n, 1n])]
          : [
              `${end.letter}${end.power >= 0 && end.plus ? '+' : ''}${end.power}`,
              10n ** BigInt(Math.max(0, end.power)),
              10n ** BigInt(Math.max(0, -end.power)),
            ];
      const written = `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${text}`;
      const over = 10n ** BigInt(fraction?.length ?? 0) * by;
      const exact = BigInt(whole + (fraction ?? '')) * times * 1_000_000_000n;
      const size = exact / over + (exact % over === 0n ? 0n : 1n);
      expect([written, parseQuantity(written)]).toEqual([written, sign === '-' ? -size : size]);
    }),
    { numRuns: 1000 },
  );
});

test('what tenants.json accepts means the same as in Kubernetes', () => {
  const written = fc.tuple(number, fc.constantFrom(...Object.keys(SUFFIXES)));
  fc.assert(
    fc.property(written, ([{ whole, fraction }, end]) => {
      const text = `${whole}${fraction === null ? '' : `.${fraction}`}${end}`;
      const [bytes, cpu] = [parseBytes(text), parseCpu(text)];
      if (bytes !== null) expect(bytes).toBe(quantityValue(text, 'here'));
      if (cpu !== null) expect(cpu).toBe(quantityMilliValue(text, 'here'));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['5Gi', 5_368_709_120],
  ['129e6', 129_000_000],
  ['5e9', 5e9],
  ['5E9', 5e9],
  ['128974848000m', 128_974_848],
  ['8E', 8e18],
  ['8Ei', 2 ** 63],
  ['1Pi', 2 ** 50],
  ['2P', 2e15],
  ['500k', 500_000],
  ['0.5Gi', 2 ** 29],
  ['.5Gi', 2 ** 29],
  ['5.', 5],
  ['+5Gi', 5_368_709_120],
  ['1e-3', 1],
  ['1n', 1],
  ['0', 0],
])('%s is %s bytes', (text, bytes) => expect(quantityValue(text, 'here')).toBe(bytes));

test.each([
  ['250m', 250],
  ['2', 2000],
  ['1500u', 2],
  ['1k', 1_000_000],
])('%s is %s thousandths', (text, milli) => expect(quantityMilliValue(text, 'here')).toBe(milli));

test.each(['', '+', '.', 'Gi', '5gi', '5K', '5 Gi', '1e', '1e1.5', '1e100', '1ki', '0x5', '٥'])(
  'none is written %j',
  (text) => expect(parseQuantity(text)).toBeNull(),
);

test.each(['5Gib', '-1', undefined, 5])('%j from a cluster is an error that says where', (text) => {
  expect(() => quantityValue(text, 'Node n: status.allocatable.memory')).toThrow(
    /^Node n: status\.allocatable\.memory: found ("5Gib"|"-1"|nothing|5); an amount is/,
  );
});
