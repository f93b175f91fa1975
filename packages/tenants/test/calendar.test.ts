import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { dateOf, dayOf, isDate } from '../src/index.ts';

const day = fc.integer({ min: dayOf('0001-01-01'), max: dayOf('9999-12-31') });

test('a day of the calendar is the same after it was written and read, and the next one follows', () => {
  fc.assert(
    fc.property(day, (count) => {
      const date = dateOf(count);
      expect(isDate(date)).toBe(true);
      expect(dayOf(date)).toBe(count);
      expect(dateOf(count + 1) > date || date === '9999-12-31').toBe(true);
    }),
  );
});

test('a date behind the year 9999 reads like one', () => {
  expect(dateOf(dayOf('9999-12-31') + 7)).toBe('10000-01-07');
});
