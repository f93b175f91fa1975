import { many } from '../wording.ts';
import { countTenants } from './counts.ts';
import { headline } from './render-review.ts';
import { hasHighRisk, type Review, type ReviewSection } from './review.ts';

/** So many parts are drawn, and so many changes of each are named. */
const MAX_PARTS = 12;
const MAX_CHANGES = 3;
const MAX_LABEL = 60;

/** A picture of the host, its tenants and what changes, as lines of Mermaid. */
export function mermaid(review: Review): readonly string[] {
  const { sections } = review;
  const hostWide = sections.filter(({ kind }) => kind === 'host-wide');
  const parts = sections.filter(({ kind }) => kind !== 'host-wide');
  const { all, touched } = countTenants(review);
  const untouched = all - touched;
  const host = ['host', ...hostWide.flatMap(changeLabels)];
  return [
    'flowchart LR',
    `  host${node(host, hostWide)}`,
    ...parts
      .slice(0, MAX_PARTS)
      .map(
        (part, at) => `  host --> p${at}${node([headline(part), ...changeLabels(part)], [part])}`,
      ),
    ...(parts.length > MAX_PARTS
      ? [`  host --> more${node([`${many(parts.length - MAX_PARTS, 'part')} more`], [])}`]
      : []),
    ...(untouched > 0
      ? [`  host --> rest${node([`${many(untouched, 'tenant')} unchanged`], [])}`]
      : []),
    '  classDef high stroke:#d1242f,stroke-width:3px',
  ];
}

function changeLabels({ changes, figures }: ReviewSection): readonly string[] {
  const all = [
    ...figures.map(({ path }) => `~ ${path}`),
    ...changes.map(({ kind, object }) => `${kind}: ${object}`),
  ];
  const more = all.length - MAX_CHANGES;
  return [...all.slice(0, MAX_CHANGES), ...(more > 0 ? [`and ${more} more`] : [])];
}

function node(labels: readonly string[], sections: readonly ReviewSection[]): string {
  return `["${labels.map(escaped).join('<br/>')}"]${sections.some(hasHighRisk) ? ':::high' : ''}`;
}

/** All but letters, digits and what means nothing to Mermaid or HTML, by number. */
function escaped(label: string): string {
  const characters = Array.from(label);
  const shown =
    characters.length > MAX_LABEL ? [...characters.slice(0, MAX_LABEL), '…'] : characters;
  return shown
    .map((character) =>
      /[\w .,:/~-]/.test(character) ? character : `#${character.codePointAt(0)};`,
    )
    .join('');
}
