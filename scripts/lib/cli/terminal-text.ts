import { styleText } from 'node:util';

/** What a stream can show. */
export interface Look {
  /** How many characters stand in a line; null where lines may have any length. */
  readonly columns: number | null;
  readonly isColoured: boolean;
}

/** Of a terminal its width and, unless NO_COLOR says otherwise, colours; of a file neither. */
export function lookOf(
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number },
): Look {
  if (stream.isTTY !== true) return { columns: null, isColoured: false };
  // It listens to NO_COLOR, FORCE_COLOR and the like by itself.
  const isColoured = styleText('bold', 'x', { stream }) !== 'x';
  return { columns: stream.columns ?? null, isColoured };
}

type Style = Parameters<typeof styleText>[0];

/** What the sign in front of a line says. */
const STYLES: readonly (readonly [RegExp, Style])[] = [
  [/^ *! high /, ['red', 'bold']],
  [/^ *! /, 'yellow'],
  [/^ *\+ /, 'green'],
  [/^ *- /, 'red'],
  [/^ *[~±≠] /, 'cyan'],
  [/^ *[→…?] /, 'dim'],
  [/^\S.*:$/, 'bold'],
];

/** A plan or a review as a terminal shows it: long lines broken below where they begin, signs in colour. */
export function laidOut(text: string, { columns, isColoured }: Look): string {
  return text
    .split('\n')
    .map((line) => {
      const [, style] = STYLES.find(([pattern]) => pattern.test(line)) ?? [];
      const broken = columns === null ? [line] : brokenLine(line, columns);
      const isPlain = !isColoured || style === undefined;
      return broken
        .map((part) => (isPlain ? part : styleText(style, part, { validateStream: false })))
        .join('\n');
    })
    .join('\n');
}

/** Breaks at spaces, and inside a word that is longer than a line. */
function brokenLine(line: string, columns: number): readonly string[] {
  const [indent = ''] = /^ */.exec(line) ?? [];
  const below = ' '.repeat(Math.min(indent.length + 4, Math.floor(columns / 2)));
  const characters = Array.from(line);
  const lines: string[] = [];
  let [start, before] = [0, ''];
  while (characters.length - start > columns - before.length) {
    const room = columns - before.length;
    const space = characters.slice(start, start + room + 1).lastIndexOf(' ');
    const isIndent = before.length + space <= below.length;
    const end = start + (isIndent ? room : space);
    lines.push(before + characters.slice(start, end).join(''));
    start = isIndent ? end : end + 1;
    before = below;
  }
  return [...lines, before + characters.slice(start).join('')];
}
