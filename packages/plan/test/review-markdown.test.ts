import { expect, test } from '@jest/globals';
import { codeBlock, codeSpan } from '../src/markdown.ts';
import { mermaid } from '../src/review/mermaid.ts';
import { renderReview } from '../src/review/render-review.ts';
import { reviewEvent, reviewEvents } from '../src/review/review-json.ts';
import { reviewMarkdown } from '../src/review/review-markdown.ts';
import type { Review, ReviewSection } from '../src/review/review.ts';
import type { ReviewedChange } from '../src/review/review-file.ts';

const RISK = {
  rule: 'deletion',
  severity: 'high',
  object: 'v1 Secret default/a',
  what: 'it is deleted',
  reason: 'gone',
  cure: 'keep it',
} as const;

const update = (object: string, to: unknown = 1): ReviewedChange => ({
  kind: 'update',
  object,
  fields: [{ path: 'data.x', from: 0, to }],
  lines: [],
  risks: [],
});

const section = (
  tenants: readonly string[],
  ...changes: readonly ReviewedChange[]
): ReviewSection => ({
  kind: 'changed',
  plan: null,
  figures: [],
  tenants,
  without: [],
  changes,
});

const reviewOf = (...sections: readonly ReviewSection[]): Review => ({
  base: 'main',
  tenants: { before: 9, after: 9 },
  sections,
  notes: [],
});

const markdown = (review: Review) =>
  reviewMarkdown(review, { printable: (text) => text, command: 'pnpm review main' });

const HOSTILE = [
  '@octocat #1 <img src=x onerror=1> [a](http://a.example) | b |',
  '``` \n```\n# title\n@octocat',
  '`code` ``more``',
  '"]; click host href "javascript:alert(1)"; x["',
];

/** Markdown with all that GitHub shows as it stands taken out. */
function outsideCode(text: string): string {
  return text
    .replaceAll(/^(`{3,})[a-z]*\n[^]*?\n\1$/gm, '')
    .replaceAll(/(?<!`)(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');
}

test.each(HOSTILE)('%j in any place is data, in text, markdown and picture', (hostile) => {
  const change = { ...update(hostile, hostile), lines: [`+ ${hostile.replaceAll('\n', ' ')}`] };
  const risky = { ...change, risks: [{ ...RISK, object: hostile, what: hostile }] };
  const review = { ...reviewOf(section([hostile], risky)), base: hostile, notes: [hostile] };
  const plain = outsideCode(markdown(review));
  for (const word of ['octocat', '<', 'http', '|', 'click', 'title']) {
    expect(plain).not.toContain(word);
  }
  const drawn = mermaid(review)
    .join('\n')
    .replaceAll(/<br\/>| --> /g, '');
  expect(drawn).not.toMatch(/[<>@`|()]|javascript:alert\(/);
  expect(renderReview(review)).not.toContain('\n# title');
});

test('a block ends where we end it, and a span too', () => {
  expect(codeBlock(['a', '````'], 100).text).toBe('`````\na\n````\n`````');
  expect(codeSpan('a `b` c')).toBe('`` a `b` c ``');
});

test.each([
  ['many parts', Array.from({ length: 3000 }, (_, at) => section([`t${at}`], update(`o${at}`)))],
  ['one long part', [section(['a'], ...Array.from({ length: 9000 }, (_, at) => update(`é${at}`)))]],
  ['a long value', [section(['a'], update('a', 'x'.repeat(99_999))), section(['b'], update('b'))]],
  [
    'many risks',
    Array.from({ length: 3000 }, (_, at) =>
      section([`t${at}`], { ...update('a'), risks: [{ ...RISK, object: `o${at}` }] }),
    ),
  ],
])('%s stay below what GitHub takes, and what is cut is said', (_, sections) => {
  const text = markdown(reviewOf(...sections));
  expect(Buffer.byteLength(text)).toBeLessThan(65_536);
  expect(text.split('\n').at(-1)).toMatch(
    /^Not shown here: .*\d.* All is in ` pnpm review main `\.$/,
  );
});

test('what is risky is cut last', () => {
  const many = Array.from({ length: 3000 }, (_, at) => section([`t${at}`, 'x'], update(`o${at}`)));
  const risky = section(['z'], { ...update('risky'), risks: [RISK] });
  expect(markdown(reviewOf(...many, risky))).toContain('#### ` z `\n\n```diff\n~ risky\n');
});

test('a short one has all, and says nothing of a cut', () => {
  const text = markdown(reviewOf(section(['a'], update('v1 ConfigMap default/a'))));
  expect(text).toContain('#### ` a `\n\n```diff\n~ v1 ConfigMap default/a\n    data.x: 0 → 1\n```');
  expect(text).not.toContain('Not shown');
});

test('each event is as the schema says, and the last one adds up', () => {
  const review = {
    ...reviewOf(section(['a', 'b'], { ...update('x'), risks: [RISK] })),
    notes: ['no chart'],
  };
  const events = reviewEvents(review, 'a comment');
  for (const event of events) expect(reviewEvent.parse(event)).toEqual(event);
  expect(events.at(-1)).toEqual({
    event: 'summary',
    base: 'main',
    tenants: { before: 9, after: 9 },
    changes: 2,
    risks: { high: 1, low: 0 },
    notes: 1,
  });
});
