import { expect, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { laidOut, lookOf } from '../lib/cli/terminal-text.ts';

const PLAN = [
  'alice (active):',
  '  ~ v1 ResourceQuota vcluster-tenant-alice/tenant-alice',
  '      spec.hard.pods: "1000" → "20"',
  `  + v1 ConfigMap default/${'x'.repeat(70)}`,
  '  ! high deletion: v1 Secret default/a: it is deleted: what it holds is gone with it',
].join('\n');

test.each([20, 40, 80])('in %d columns no line is longer, and no character is lost', (columns) => {
  const text = laidOut(PLAN, { columns, isColoured: false });
  expect(text.split('\n').filter((line) => Array.from(line).length > columns)).toEqual([]);
  const letters = (all: string) => all.replaceAll(/\s/g, '');
  expect(letters(text)).toBe(letters(PLAN));
});

test('what a line continues on stands below it, further in', () => {
  expect(laidOut('  ! low pause: its pods end', { columns: 18, isColoured: false })).toBe(
    '  ! low pause: its\n      pods end',
  );
});

test('colour is the only thing that it adds, and signs decide on it', () => {
  const text = laidOut(PLAN, { columns: null, isColoured: true });
  expect(stripVTControlCharacters(text)).toBe(PLAN);
  const coloured = text.split('\n').map((line) => line !== stripVTControlCharacters(line));
  expect(coloured).toEqual([true, true, false, true, true]);
});

test('a file gets lines of any length and no colour', () => {
  expect(lookOf(new PassThrough())).toEqual({ columns: null, isColoured: false });
});

test('a line of any length is broken in a time that grows as it does', () => {
  const line = 'word '.repeat(100_000);
  const lines = laidOut(line, { columns: 20, isColoured: false }).split('\n');
  expect(lines.length).toBeGreaterThan(25_000);
});
