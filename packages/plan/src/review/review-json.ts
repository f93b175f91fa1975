import { z } from 'zod';
import { allRisks, type Review } from './review.ts';
import { countChanges } from './counts.ts';

const fieldSchema = z.object({
  path: z.string().describe('as `spec.hard.pods`; an element of a list by its name or place'),
  from: z.unknown().optional().describe('absent where the field is new'),
  to: z.unknown().optional().describe('absent where the field is gone'),
});

const riskSchema = z.object({
  rule: z.string().describe('the id of the rule'),
  severity: z.enum(['high', 'low']),
  object: z.string(),
  what: z.string().describe('what of the object breaks the rule'),
  reason: z.string(),
  cure: z.string(),
});

const changeSchema = z.object({
  kind: z.enum(['create', 'update', 'delete', 'raw']).describe('`raw` is told by `lines`'),
  object: z.string().describe('`v1 ConfigMap default/tenant-id`, or the path of a file'),
  fields: z.array(fieldSchema),
  lines: z.array(z.string()).describe('of a file, with `-` or `+` in front'),
  risks: z.array(riskSchema),
});

const sectionSchema = z.object({
  event: z.literal('section'),
  kind: z.enum(['host-wide', 'plan', 'new', 'gone', 'changed']),
  plan: z.string().nullable().describe('the plan of which figures change'),
  figures: z.array(fieldSchema).describe('what changes of the plan in tenants.json'),
  tenants: z.array(z.string()).describe('who has the changes; none for what all share'),
  without: z.array(z.string()).describe('where most tenants have the changes: who has not'),
  changes: z.array(changeSchema),
});

const noteSchema = z.object({
  event: z.literal('note'),
  text: z.string().describe('what could not be looked at, and why'),
});

const markdownSchema = z.object({
  event: z.literal('markdown'),
  text: z.string().describe('with --markdown: all of it as one comment for GitHub'),
});

const summarySchema = z.object({
  event: z.literal('summary'),
  base: z.string().describe('what the tree is compared with, in words'),
  tenants: z.object({ before: z.int(), after: z.int() }),
  changes: z.int().describe('one that many tenants have counts for each'),
  risks: z.object({ high: z.int(), low: z.int() }),
  notes: z.int(),
});

/** A line of `pnpm review --json`. */
export const reviewEvent = z.discriminatedUnion('event', [
  sectionSchema,
  noteSchema,
  markdownSchema,
  summarySchema,
]);

/** The JSON Schema of each line of `pnpm review --json`. */
export function reviewJsonSchema(): object {
  return z.toJSONSchema(reviewEvent);
}

/** A review as events, one object a line: each section, each note, the comment if it is wanted, then a summary. */
export function reviewEvents(review: Review, markdown: string | null): readonly object[] {
  const { base, tenants, sections, notes } = review;
  const risks = allRisks(review);
  const count = (severity: string) => risks.filter((risk) => risk.severity === severity).length;
  return [
    ...sections.map((section) => ({ event: 'section', ...section })),
    ...notes.map((text) => ({ event: 'note', text })),
    ...(markdown === null ? [] : [{ event: 'markdown', text: markdown }]),
    {
      event: 'summary',
      base,
      tenants,
      changes: countChanges(review),
      risks: { high: count('high'), low: count('low') },
      notes: notes.length,
    },
  ];
}
