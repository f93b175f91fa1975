import type { FileVersions, TreeFile } from './tree-file.ts';

/** Beyond so many pairs of lines, all of one version are told as gone and all of the other as new. */
const MAX_PAIRS = 4_000_000;

/** The lines in which two versions of a file differ, `-` or `+` in front; never none. */
export function lineDiff({ before, after }: Omit<FileVersions, 'path'>): readonly string[] {
  const lines = differing(linesOf(before), linesOf(after));
  return lines.length > 0 ? lines : ['~ the bytes differ, their text does not'];
}

function linesOf(file: TreeFile | null): readonly string[] {
  if (file === null) return [];
  const { mode, text, isText } = file;
  const lines = text.split('\n');
  const end = lines.pop() === '' ? [] : ['\\ no line break at the end'];
  const last = text === '' || end.length === 0 ? [] : [text.slice(text.lastIndexOf('\n') + 1)];
  return [
    ...(mode === '100644' ? [] : [`\\ mode ${mode}`]),
    ...(isText ? [] : ['\\ not UTF-8']),
    // printable() would take the two for a line break.
    ...[...lines, ...last].map((line) => line.replaceAll('\r', '\\r')),
    ...(text === '' ? [] : end),
  ];
}

function differing(before: readonly string[], after: readonly string[]): readonly string[] {
  const { start, end } = commonEnds(before, after);
  const was = before.slice(start, before.length - end);
  const is = after.slice(start, after.length - end);
  if (was.length * is.length > MAX_PAIRS) return [...was.map(gone), ...is.map(added)];
  return byLongestCommon(was, is);
}

/** How many items, or characters, two lists or texts have in common at their starts and ends. */
export function commonEnds(
  one: ArrayLike<unknown>,
  other: ArrayLike<unknown>,
): { readonly start: number; readonly end: number } {
  const shortest = Math.min(one.length, other.length);
  let start = 0;
  while (start < shortest && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < shortest - start && one[one.length - 1 - end] === other[other.length - 1 - end]) {
    end += 1;
  }
  return { start, end };
}

const gone = (line: string) => `- ${line}`;
const added = (line: string) => `+ ${line}`;

function byLongestCommon(was: readonly string[], is: readonly string[]): readonly string[] {
  const width = is.length + 1;
  const lengths = new Uint32Array((was.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = was.length - 1; row >= 0; row -= 1) {
    for (let column = is.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        was[row] === is[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: string[] = [];
  let [row, column] = [0, 0];
  while (row < was.length || column < is.length) {
    const [old, now] = [was[row], is[column]];
    if (old !== undefined && old === now) {
      row += 1;
      column += 1;
    } else if (
      now === undefined ||
      (old !== undefined && at(row + 1, column) >= at(row, column + 1))
    ) {
      lines.push(gone(old ?? ''));
      row += 1;
    } else {
      lines.push(added(now));
      column += 1;
    }
  }
  return lines;
}
