import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { printable } from '../lib/cli/printable.ts';
import { textReport } from './helpers/text-report.ts';

describe('what a tenant says cannot', () => {
  test.each([
    [
      'colour or move the cursor',
      '\u001B[2J\u001B]0;title\u0007',
      '\\u001b[2J\\u001b]0;title\\u0007',
    ],
    ['use the one-byte form of it', '\u009B31m', '\\u009b31m'],
    ['overwrite its line', 'bob: failed\rbob: ok\b', 'bob: failed\\u000dbob: ok\\u0008'],
    ['turn the direction of text', 'user\u202Egpj.exe\u2066', 'user\\u202egpj.exe\\u2066'],
    ['break a line unseen', 'a\u2028b\u0085c\vd\fe', 'a\\u2028b\\u0085c\\u000bd\\u000ce'],
    [
      'hide letters',
      'ali\u200Bce\uFEFF\u00AD\u2060\u3164',
      'ali\\u200bce\\ufeff\\u00ad\\u2060\\u3164',
    ],
    ['hide text in tags', 'x\u{E0041}', 'x\\udb40\\udc41'],
    ['join nothing', '\u200Da \u200Cb', '\\u200da \\u200cb'],
    ['be half a character', 'x\uD83Dy', 'x\\ud83dy'],
    [
      'start a command of GitHub',
      '::error::x\n  ::set-output name=a::b',
      '\\u003a:error::x\n  \\u003a:set-output name=a::b',
    ],
    [
      'start one behind invisible space',
      '\u00A0\u2003::stop-commands::x',
      '\u00A0\u2003\\u003a:stop-commands::x',
    ],
    ['hold an old command', 'a ##[error]x ##vso[task.x]', 'a \\u0023#[error]x \\u0023#vso[task.x]'],
  ])('%s', (_, text, shown) => expect(printable(text)).toBe(shown));
});

test.each([
  'Hello there TenantID ✋ Alice',
  '✓ deploy (1.2 s)\n\tindented\n  → do\n',
  '👩‍💻 👍🏽 ❤️ 🏳️‍🌈 é क्‍ष می‌خواهم 葛󠄀 日本語 עברית',
  'a::b C:\\x # ## [x] ##x',
])('%j is shown as it is', (text) => expect(printable(text)).toBe(text));

test('Windows ends its lines otherwise', () => {
  expect(printable('a\r\nb')).toBe('a\nb');
});

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u001B', '\r', '\n', '\u0007', '\u202E', '\u200D', ':', '#', '[', 'a', ' '),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

test('whatever it is, nothing that acts is left, and it is the same the second time', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const shown = printable(text);
      expect(shown).not.toMatch(/[\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u);
      expect(shown.replaceAll(/[\n\t]/g, '')).not.toMatch(/\p{Cc}/u);
      expect(shown).not.toMatch(/^\s*::|##\w*\[/mu);
      expect(printable(shown)).toBe(shown);
    }),
    { numRuns: 2000 },
  );
});

test('a line of JSON means what it meant', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const line = printable(JSON.stringify({ text }));
      expect(line).not.toContain('\n');
      expect(JSON.parse(line)).toEqual({ text });
    }),
    { numRuns: 1000 },
  );
});

test('a report shows what is printable, in titles too', async () => {
  const lines: string[] = [];
  const report = textReport((text) => lines.push(text));
  report.line('\u001B[1Ax');
  report.skip('\rtitle', '::warning::why');
  await report.step('\u202Estep', async () => undefined);
  expect(lines.join('')).toMatch(
    /^\\u001b\[1Ax\n- \\u000dtitle: ::warning::why\n· \\u202estep …\n✓ \\u202estep \(.* s\)\n$/,
  );
});

test('nothing of a command writes past it', () => {
  const scripts = resolve(import.meta.dirname, '..');
  const writers = readdirSync(scripts, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(lib\/.*|[\w-]+)\.ts$/.test(file))
    .filter((file) => /process\.std(out|err)/.test(readFileSync(join(scripts, file), 'utf8')));
  expect(writers.sort()).toEqual([
    ...['confirm', 'run-interactive', 'run-main'].map((name) => `lib/cli/${name}.ts`),
    'lib/progress/live.ts',
    'lib/progress/open-renderer.ts',
  ]);
});
