import type { PossibleTransitions } from '@tenantry/tenants';
import { describeHeld, describeTransition } from './describe-transitions.ts';

/** A third of what GitHub takes, in bytes: below it stands what `pnpm review --markdown` says. */
const LONGEST_SECTION = { held: 7_000, possible: 14_000 } as const;

/** What decides most stands first, and is cut last. */
const ORDER = ['offboarding', 'paused', 'active'] as const;

/**
 * A pull request for what is due, as one text: the title, an empty line, the body in Markdown. The
 * body is cut where it would be too long for GitHub, and says what was cut.
 */
export function pullRequest({ possible, held }: PossibleTransitions, today: string): string {
  const sorted = ORDER.flatMap((state) => possible.filter(({ to }) => to === state));
  const heldBack = held.length === 0 ? '' : `, ${held.length} held back`;
  return [
    `Lifecycle: ${possible.length} due on ${today}${heldBack}`,
    '',
    ...section(
      `Due on ${today}, by the dates in tenants.json:`,
      sorted.map(describeTransition),
      LONGEST_SECTION.possible,
      `the difference of tenants.json, and \`pnpm lifecycle --today ${today} --check\` before the merge`,
    ),
    ...section(
      'Due as well, but not possible now:',
      held.map(describeHeld),
      LONGEST_SECTION.held,
      `\`pnpm lifecycle --today ${today} --check\``,
    ),
    'Merging deploys nothing by itself; a pause keeps objects and volumes, and nobody is deleted',
    'but by `pnpm offboard`. This branch is written anew every day: commits of others on it are lost.',
  ].join('\n');
}

/** A headline and the lines below it as a code block; nothing where there are no lines. */
function section(
  headline: string,
  lines: readonly string[],
  longest: number,
  source: string,
): readonly string[] {
  if (lines.length === 0) return [];
  let room = longest;
  const shown = lines.filter((line) => (room -= Buffer.byteLength(line) + '    \n'.length) >= 0);
  const cut = lines.length - shown.length;
  return [
    headline,
    '',
    ...shown.map((line) => `    ${line}`),
    '',
    ...(cut === 0 ? [] : [`${cut} of ${lines.length} are not shown here; all are in ${source}.`, '']),
  ];
}
