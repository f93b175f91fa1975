import { describe, expect, test } from '@jest/globals';
import { describeChange, distChanges } from '../src/dist-diff.ts';

const tree = (files: Readonly<Record<string, string>>) => new Map(Object.entries(files));

describe('changes', () => {
  test('are none between equal trees', () => {
    const files = { 'alice/a.yaml': '1', 'alice/host/b.yaml': '2' };
    expect(distChanges(tree(files), tree(files))).toEqual([]);
    expect(distChanges(tree({}), tree({}))).toEqual([]);
  });

  test('are added, changed and removed files by directory, everything sorted', () => {
    const found = tree({
      'bob/old': '',
      'bob/a': '1',
      'bob/same': '',
      'alice/z': '',
      'alice/y': '',
    });
    const wanted = tree({ 'bob/new': '', 'bob/a': '2', 'bob/same': '', '_host/x': '' });
    expect(distChanges(found, wanted)).toEqual([
      { directory: '_host', added: ['x'], changed: [], removed: [] },
      { directory: 'alice', added: [], changed: [], removed: ['y', 'z'] },
      { directory: 'bob', added: ['new'], changed: ['a'], removed: ['old'] },
    ]);
  });

  test('know an empty file from a missing one', () => {
    const [change] = distChanges(tree({}), tree({ 'alice/empty': '' }));
    expect(change).toMatchObject({ added: ['empty'], changed: [] });
  });
});

test('a change is one line: what is new, what is gone, or which files', () => {
  const change = { directory: 'bob', added: ['b', 'c'], changed: ['a'], removed: ['d'] };
  expect(describeChange(change, true, false)).toBe('bob: new, 2 files');
  expect(describeChange(change, false, true)).toBe('bob: removed');
  expect(describeChange(change, false, false)).toBe('bob: a, +b, +c, -d');
});
