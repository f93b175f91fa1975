import { expect, test } from '@jest/globals';
import { describeChange, describeStale, diffDirectory } from '../lib/dist/dist-diff.ts';

const files = (content: Readonly<Record<string, string>>) => new Map(Object.entries(content));

test('a directory with the wanted files has no change', () => {
  const tree = files({ 'a.yaml': '1', 'host/b.yaml': '2' });
  expect(diffDirectory('alice', tree, tree)).toBeNull();
  expect(diffDirectory('alice', files({}), files({}))).toBeNull();
});

test.each([
  [
    'added, changed and removed files, sorted',
    { old: '', a: '1', same: '' },
    { new: '', a: '2', same: '' },
    'changed',
    'bob: a, +new, -old',
  ],
  [
    'an empty file, which is not a missing one',
    { same: '' },
    { same: '', empty: '' },
    'changed',
    'bob: +empty',
  ],
  ['a new directory', {}, { a: '1', b: '2' }, 'new', 'bob: new, 2 files'],
  ['a directory that goes', { a: '1' }, {}, 'removed', 'bob: removed'],
] as const)('a change is one line: %s', (_, found, wanted, kind, line) => {
  const change = diffDirectory('bob', files(found), files(wanted));
  expect(change).toMatchObject({ directory: 'bob', kind });
  expect(change && describeChange(change)).toBe(line);
});

test('what is no file differs from every file, and is named for --check', () => {
  const found = new Map([
    ['a', null],
    ['b', 'old'],
    ['d', ''],
  ]);
  const change = diffDirectory('bob', found, files({ a: '', b: 'new', c: '' }));
  expect(change && describeStale(change)).toEqual([
    'stale: bob/a',
    'stale: bob/b',
    'missing: bob/c',
    'surplus: bob/d',
  ]);
});
