const MAX_LENGTH = 500;

/** A text of somebody else's as part of a line of ours: without line breaks, of bounded length. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}
