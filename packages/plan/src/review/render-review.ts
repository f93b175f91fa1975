import { many, named, singleLine } from '../wording.ts';
import type { FieldChange } from '../field-diff.ts';
import { riskCounts, riskLines } from '../risks/render-risks.ts';
import { countChanges, countTenants } from './counts.ts';
import { commonEnds } from './line-diff.ts';
import { allRisks, type Review, type ReviewSection } from './review.ts';
import type { ReviewedChange } from './review-file.ts';

/** How many tenants of a group are named in its headline. */
const NAMED_IN_HEADLINE = 3;

/** A review for people: a part for all tenants that have the same changes, what it adds up to last. */
export function renderReview(review: Review): string {
  return [
    ...review.sections.flatMap((section) => [
      `${singleLine(headline(section))}:`,
      ...sectionLines(section),
    ]),
    ...review.notes.map((note) => singleLine(`? ${note}`)),
    summary(review),
  ].join('\n');
}

/** What a section is about. */
export function headline({ kind, plan, tenants }: ReviewSection): string {
  const ids = named(tenants, NAMED_IN_HEADLINE);
  const who = tenants.length === 1 ? ids : `${many(tenants.length, 'tenant')} (${ids})`;
  switch (kind) {
    case 'host-wide':
      return 'for all tenants';
    case 'plan':
      return tenants.length === 0
        ? `plan ${plan}, from which nothing in dist/ follows`
        : `plan ${plan}, and with it ${who}`;
    case 'new':
      return `new: ${who}`;
    case 'gone':
      return `gone: ${who}`;
    default:
      return who;
  }
}

/** What changes in a section, each line with its sign in front. */
export function sectionLines(section: ReviewSection): readonly string[] {
  const { plan, figures, changes, without } = section;
  return [
    ...figures.map(
      (field) => `  ~ ${fieldText({ ...field, path: `plans.${plan}.${field.path}` })}`,
    ),
    ...changes.flatMap(changeLines),
    ...(without.length === 0 ? [] : [`  … not so, or not at all: ${named(without)}`]),
  ].map(singleLine);
}

const SIGNS = { create: '+', update: '~', delete: '-', raw: '≠' } as const;

function changeLines({ kind, object, fields, lines, risks }: ReviewedChange): readonly string[] {
  return [
    `  ${SIGNS[kind]} ${object}${kind === 'raw' ? ', line by line' : ''}`,
    ...fields.map((field) => `      ${fieldText(field, kind === 'create')}`),
    ...lines.map((line) => `      ${line}`),
    ...risks.flatMap((risk) => riskLines(risk)).map((line) => `      ${line}`),
  ];
}

function fieldText({ path, from, to }: FieldChange, isNew = false): string {
  const [before, after] = shortened(from, to);
  const where = path === '' ? '(all)' : path;
  return isNew ? `${where}: ${after}` : `${where}: ${before} → ${after}`;
}

/** Around what differs in long texts, so much is shown. */
const CONTEXT = 24;
const LONG = 80;

/** Two values as text; what long ones have in common is left out, never what differs. */
function shortened(from: unknown, to: unknown): readonly [string, string] {
  const [before, after] = [shown(from), shown(to)];
  if (from === undefined || to === undefined || Math.min(before.length, after.length) < LONG) {
    return [before, after];
  }
  const { start, end } = commonEnds(before, after);
  const cut = (text: string) => {
    const [first, last] = [
      Math.max(0, start - CONTEXT),
      Math.min(text.length, text.length - end + CONTEXT),
    ];
    return `${first > 0 ? '…' : ''}${text.slice(first, last)}${last < text.length ? '…' : ''}`;
  };
  return [cut(before), cut(after)];
}

function shown(value: unknown): string {
  if (value === undefined) return '(none)';
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** What a review adds up to, on two lines. */
export function summary(review: Review): string {
  const base = singleLine(review.base);
  const changes = countChanges(review);
  if (changes === 0)
    return `nothing changes against ${base}: ${many(review.tenants.after, 'tenant')}`;
  const { all, touched } = countTenants(review);
  return [
    `${many(changes, 'change')} in ${touched.toLocaleString('en-US')} of ${many(all, 'tenant')}, against ${base}`,
    `risks: ${riskCounts(allRisks(review))}`,
  ].join('\n');
}
