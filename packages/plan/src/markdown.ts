/**
 * GitHub takes 65,536 characters in a comment or a body, of which a third is left for what stands above
 * it. In bytes, so that it holds however GitHub counts.
 */
export const MARKDOWN_LIMIT = 43_000;

/** Lines of data as a block, and how many of them there was no room for. */
export interface CutBlock {
  readonly text: string;
  readonly cut: number;
}

/**
 * Data as a code block, in which nothing is a mention, a link, HTML or the end of the block. Lines
 * from the first on which there is no room are left out.
 */
export function codeBlock(lines: readonly string[], room: number, language = ''): CutBlock {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  let left = room - bytes(`${fence}${language}\n${fence}`);
  const end = lines.findIndex((line) => (left -= bytes(`${line}\n`)) < 0);
  const shown = end === -1 ? lines : lines.slice(0, end);
  const text = shown.length === 0 ? '' : [`${fence}${language}`, ...shown, fence].join('\n');
  return { text, cut: lines.length - shown.length };
}

/** Data inside a line, by the same rule. */
export function codeSpan(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1);
  // Spaces keep a backtick at either end apart from ours; one on each side is taken away again.
  return `${fence} ${text.replaceAll(/\s+/g, ' ')} ${fence}`;
}

export function bytes(text: string): number {
  return Buffer.byteLength(text);
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
