import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRawDiff } from '../lib/review/read-trees.ts';
import { gitHistory, type GitHistory, removeRepository } from './helpers/git-history.ts';
import { runScript } from './run-script.ts';

const DAY = '2026-11-01T00:00Z';

let place: GitHistory;
beforeEach(() => {
  place = gitHistory();
});
afterEach(() => place.remove());

const reviewHere = (...args: readonly string[]) =>
  runScript('review', args, { TENANTRY_DIR: place.dir, HOME: place.dir });

const configMap = (value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: default\ndata:\n  x: ${value}\n`;

function commitOne(): string {
  place.tenants([{ id: 'alice', name: 'Alice' }]);
  place.write('dist/alice/tenant.json', '{}\n');
  place.write('dist/alice/virtual/a.yaml', configMap('one'));
  return place.commit(DAY);
}

test('without a name, what the branch has since it left the default branch is told, committed or not', () => {
  commitOne();
  place.git('switch', '--quiet', '--create', 'feature');
  place.write('dist/alice/virtual/a.yaml', configMap('two'));
  place.commit(DAY);
  place.write('dist/alice/virtual/b.yaml', configMap('new').replace('name: a', 'name: b'));
  place.git('switch', '--quiet', 'main');
  place.write('dist/alice/virtual/c.yaml', configMap('theirs').replace('name: a', 'name: c'));
  place.git('add', 'dist/alice/virtual/c.yaml');
  place.git('commit', '--quiet', '--message', 'theirs');
  place.git('switch', '--quiet', 'feature');
  const { code, stdout } = reviewHere();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^alice:\n {2}~ v1 ConfigMap default\/a\n {6}data\.x: "one" → "two"\n/);
  expect(stdout).toContain('  + v1 ConfigMap default/b\n');
  expect(stdout).not.toContain('default/c');
  expect(stdout).toMatch(/, where main was left\nrisks: none\n$/);
});

test('a commit is told apart from the tree by what the files say, not by when they were written', () => {
  const commit = commitOne();
  place.write('dist/alice/virtual/a.yaml', configMap('one'));
  expect(reviewHere(commit).stdout).toMatch(/^nothing changes against .*: 1 tenant\n$/);
});

test('a link, bytes that are no text and a file that is gone are told', () => {
  const commit = commitOne();
  writeFileSync(join(place.dist, 'alice/virtual/b.yaml'), Buffer.from([0x78, 0x3a, 0x20, 0x80]));
  rmSync(join(place.dist, 'alice/virtual/a.yaml'));
  symlinkSync('/etc/passwd', join(place.dist, 'alice/virtual/link.yaml'));
  const { stdout } = reviewHere(commit);
  expect(stdout).toContain('  - v1 ConfigMap default/a\n');
  expect(stdout).toContain('+ \\ mode 120000\n      + /etc/passwd\n');
  expect(stdout).not.toContain('root:');
  expect(stdout).toContain('+ \\ not UTF-8\n      + x: \\x80\n');
});

test.each([
  ['an unknown commit', ['nonsense'], /"nonsense" names no commit here\n {2}→ /],
  ['an option for Git', ['--', '--output=x'], /"--output=x" names no commit here\n {2}→ /],
])('%s is refused', (_, args, message) => {
  commitOne();
  const { code, stderr } = reviewHere(...args);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});

test('a repository without a default branch, or none at all, is refused with what to do', () => {
  commitOne();
  place.git('branch', '--quiet', '--move', 'trunk');
  const { code, stderr } = reviewHere();
  expect([code, stderr]).toEqual([2, expect.stringContaining('→ name what to compare with')]);
  removeRepository(place);
  expect(reviewHere().stderr).toContain('is in no Git repository');
});

test("Git's raw difference names each path once, with what the commit has", () => {
  const hash = '1'.repeat(40);
  const zero = '0'.repeat(40);
  const text = `:100644 100644 ${hash} ${zero} M\0a b\0:000000 100644 ${zero} ${hash} A\0c\0:100644 000000 ${hash} ${zero} D\0d\0:100644 100644 ${hash} ${zero} U\0a b\0`;
  expect(parseRawDiff(text)).toEqual([
    { path: 'a b', before: { mode: '100644', hash }, mode: '100644' },
    { path: 'c', before: null, mode: '100644' },
    { path: 'd', before: { mode: '100644', hash }, mode: null },
  ]);
});
