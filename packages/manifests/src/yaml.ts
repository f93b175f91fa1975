import { keyText, leafText } from './yaml-texts.ts';

/**
 * Plain data as YAML that reads back the same everywhere. The library says how each key and each
 * leaf is written; to lay out whole files, too, it would take five times as long.
 */
export function toYaml(object: object): string {
  return `${textOf(object, '\n', PLAIN)}\n`;
}

/**
 * As `toYaml`, laid out once for all objects that differ only in what stands for `placeholder`, a
 * text that is in them for nothing else. What is filled in is written by the same rules as any other
 * key or leaf.
 */
export function yamlTemplate(object: object, placeholder: string): (value: string) => string {
  const holes: ((value: string) => string)[] = [];
  const hole = (text: string, write: (text: string) => string) => {
    if (!text.includes(placeholder)) return write(text);
    holes.push((value) => write(text.replaceAll(placeholder, () => value)));
    return HOLE;
  };
  const layout = textOf(object, '\n', {
    key: (key, line) => hole(key, (text) => PLAIN.key(text, line)),
    leaf: (leaf, line) =>
      typeof leaf === 'string'
        ? hole(leaf, (text) => PLAIN.leaf(text, line))
        : PLAIN.leaf(leaf, line),
  });
  const [first, ...rest] = `${layout}\n`.split(HOLE);
  return (value) =>
    rest.reduce((text, part, index) => text + (holes[index]?.(value) ?? '') + part, first ?? '');
}

/** A character that YAML cannot hold, and that is never written. */
const HOLE = '\0';

/** How a key or a leaf is written at an indentation; `line` is a line break with that indentation. */
interface Writer {
  key(key: string, line: string): string;
  leaf(leaf: unknown, line: string): string;
}

const PLAIN: Writer = {
  key: (key, line) => indented(keyText(key), line),
  leaf: (leaf, line) => indented(leafText(leaf), line),
};

/** Without aliases: one for an object that occurs twice would be hard to review. */
function textOf(value: unknown, line: string, writer: Writer): string {
  // Nothing, [] and {} are as in JSON.
  if (!isBranch(value)) {
    return typeof value === 'object' ? JSON.stringify(value) : writer.leaf(value, line);
  }
  const below = `${line}  `;
  const entries = Array.isArray(value)
    ? value.map((item) => `- ${textOf(item, below, writer)}`)
    : Object.entries(value).map(
        ([key, child]) =>
          writer.key(key, line) + (isBranch(child) ? below : ' ') + textOf(child, below, writer),
      );
  return entries.join(line);
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** All lines but the first and blank ones. */
function indented(text: string, line: string): string {
  return text.includes('\n') ? text.replaceAll(/\n(?=[^\n])/g, line) : text;
}
