import { expect, test } from '@jest/globals';
import { mergeUnder } from '../src/merge-under.ts';

test.each([
  ['adds what only one has', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
  ['lets the upper leaf win', { a: { b: 1, c: 1 } }, { a: { b: 2 } }, { a: { b: 2, c: 1 } }],
  ['lets a leaf win over a branch', { a: { b: 1 } }, { a: false }, { a: false }],
  ['lets a branch win over a leaf', { a: false }, { a: { b: 1 } }, { a: { b: 1 } }],
  ['takes a list as a leaf', { a: [1, 2, 3] }, { a: [4] }, { a: [4] }],
  ['takes null as a leaf', { a: null }, { a: { b: 1 } }, { a: { b: 1 } }],
])('merging %s', (_, lower, upper, merged) => {
  expect(mergeUnder<object>(lower, upper)).toEqual(merged);
});

test('merging changes neither tree', () => {
  const lower = { a: { b: 1 } };
  const upper = { a: { c: 2 } };
  mergeUnder(lower, upper);
  expect([lower, upper]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
});
