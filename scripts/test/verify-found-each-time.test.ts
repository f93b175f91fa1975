import { expect, test } from '@jest/globals';
import { foundEachTime } from '../lib/verify/found-each-time.ts';

function looksAt(looks: readonly (readonly string[])[], rounds = looks.length) {
  const left = [...looks];
  const { signal } = new AbortController();
  return foundEachTime(
    () => {
      const next = left.shift();
      if (next === undefined) throw new Error('one look too many');
      return Promise.resolve(next);
    },
    { rounds, pauseMilliseconds: 0, signal },
  );
}

test('what is there all the time is found', async () => {
  expect(await looksAt([['a', 'b'], ['b'], ['b', 'c'], ['b']])).toEqual(['b']);
});

test('objects that are on their way, one after the other, are not', async () => {
  expect(await looksAt([['a'], ['b']], 6)).toEqual([]);
});

test('one look is enough where there is nothing', async () => {
  expect(await looksAt([[]], 6)).toEqual([]);
});

test('no more looks than rounds', async () => {
  expect(await looksAt([['a'], ['a']], 2)).toEqual(['a']);
});
