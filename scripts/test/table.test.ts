import { expect, test } from '@jest/globals';
import { age, table } from '../lib/cli/table.ts';

test('a table has aligned columns and no trailing spaces', () => {
  expect(
    table([
      ['TENANT', 'AGE'],
      ['alice', '5s'],
      ['a-longer-one', '-'],
    ]),
  ).toBe('TENANT        AGE\nalice         5s\na-longer-one  -');
});

test.each([
  ['2026-11-23T11:59:30Z', '30s'],
  ['2026-11-23T11:30:00Z', '30m'],
  ['2026-11-23T00:00:00Z', '12h'],
  ['2026-11-13T12:00:00Z', '10d'],
  [null, '-'],
])('the age of %s is %s', (since, expected) => {
  expect(age(since, Date.parse('2026-11-23T12:00:00Z'))).toBe(expected);
});
