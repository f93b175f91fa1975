import { bytes, codeBlock, codeSpan, MARKDOWN_LIMIT } from '../markdown.ts';
import { many, singleLine } from '../wording.ts';
import { riskCounts } from '../risks/render-risks.ts';
import { isHigh, type Risk } from '../risks/risk.ts';
import { countChanges, countTenants } from './counts.ts';
import { mermaid } from './mermaid.ts';
import { headline, sectionLines } from './render-review.ts';
import { allRisks, hasHighRisk, type Review, type ReviewSection } from './review.ts';

/** Of the whole, so much is for high risks, for notes, and for one part. */
const ROOM = { risks: 12_000, notes: 3_000, part: 20_000 } as const;

/** For what is said at the end of what was cut. */
const END = 500;

/** With less room a part is not begun. */
const LEAST = 200;

export interface MarkdownOptions {
  /** Makes data harmless for who reads it; the result is longer. */
  readonly printable: (text: string) => string;
  /** The command that shows all. */
  readonly command: string;
}

/**
 * A review as one comment on GitHub. Where it would be too long, parts are cut: those without a high
 * risk before others, those of few tenants before those of many; what was cut is said.
 */
export function reviewMarkdown(review: Review, { printable, command }: MarkdownOptions): string {
  const { base, sections, notes } = review;
  const risks = allRisks(review);
  const blocks: string[] = [];
  let cut = 0;
  const block = (lines: readonly string[], room: number, language = '') => {
    const made = codeBlock(lines.map(printable), room, language);
    cut += made.cut;
    if (made.text !== '') blocks.push(made.text);
  };
  const all = many(countTenants(review).all, 'tenant');
  blocks.push(
    `### ${many(countChanges(review), 'change')} for ${all}, against ${codeSpan(printable(base))}`,
    `**Risks:** ${riskCounts(risks)}`,
  );
  const high = risks.filter(isHigh);
  block([...new Set(high.map(riskLine))], ROOM.risks);
  if (notes.length > 0) blocks.push('**Not looked at:**');
  block(notes.map(singleLine), ROOM.notes);
  if (sections.length > 0) blocks.push(['```mermaid', ...mermaid(review), '```'].join('\n'));
  let hidden = 0;
  let left = MARKDOWN_LIMIT - END - bytes(blocks.join('\n\n'));
  for (const section of byWeight(sections)) {
    const title = `#### ${codeSpan(printable(singleLine(headline(section))))}`;
    const room = Math.min(ROOM.part, left - bytes(title));
    const lines = room < LEAST ? [] : sectionLines(section).map((line) => line.slice(2));
    const made = codeBlock(lines.map(printable), room, 'diff');
    if (made.text === '') {
      hidden += 1;
      continue;
    }
    cut += made.cut;
    left -= bytes(`${title}\n\n${made.text}\n\n`);
    blocks.push(title, made.text);
  }
  const missing = [
    ...(hidden === 0 ? [] : [`${hidden} of ${many(sections.length, 'part')}`]),
    ...(cut === 0 ? [] : [many(cut, 'line')]),
  ];
  if (missing.length > 0) {
    blocks.push(`Not shown here: ${missing.join(' and ')}. All is in ${codeSpan(command)}.`);
  }
  return blocks.join('\n\n');
}

function riskLine({ rule, object, what, cure }: Risk): string {
  return singleLine(`${rule}: ${object}: ${what} → ${cure}`);
}

function byWeight(sections: readonly ReviewSection[]): readonly ReviewSection[] {
  const weight = (section: ReviewSection) =>
    (hasHighRisk(section) ? 2 : 0) + (section.kind === 'changed' ? 0 : 1);
  return sections.toSorted((a, b) => weight(b) - weight(a) || b.tenants.length - a.tenants.length);
}
