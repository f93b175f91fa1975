import { keyText, leafText } from './yaml-texts.ts';

/**
 * Plain data as YAML that reads back the same everywhere. The library says how each key and each
 * leaf is written; to lay out whole files, too, it would take five times as long.
 */
export function toYaml(object: object): string {
  return `${textOf(object)}\n`;
}

/** Without aliases: one for an object that occurs twice would be hard to review. */
function textOf(value: unknown): string {
  // Nothing, [] and {} are as in JSON.
  if (!isBranch(value)) return typeof value === 'object' ? JSON.stringify(value) : leafText(value);
  const entries = Array.isArray(value)
    ? value.map((item) => `- ${indented(textOf(item))}`)
    : Object.entries(value).map(
        ([key, child]) => keyText(key) + (isBranch(child) ? '\n  ' : ' ') + indented(textOf(child)),
      );
  return entries.join('\n');
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** By two, but for the first line and blank ones. */
function indented(text: string): string {
  return text.replaceAll(/\n(?=[^\n])/g, '\n  ');
}
