import type { Node } from 'jsonc-parser';

/** The text of a JSON object or list in pieces, from which it can be written again to the byte. */
export interface Container {
  readonly brackets: readonly [string, string];
  /** Between the opening bracket and the first item. */
  readonly lead: string;
  /** Members or elements as they are written. */
  readonly items: readonly string[];
  /** Between one item and the next: a comma and white space. */
  readonly separators: readonly string[];
  /** Between the last item and the closing bracket. */
  readonly trail: string;
  /** What parts one more item from the last. */
  readonly separator: string;
  /** What parts a key from its value: `: `. */
  readonly colon: string;
}

/** Takes apart the text of an object or a list. */
export function split(text: string, node: Node): Container {
  const { offset, length, children = [] } = node;
  const end = (child: Node) => child.offset + child.length;
  const first = children[0];
  const last = children.at(-1);
  const around = whiteSpaceOf(text, node);
  const lead = first === undefined ? around.inner : text.slice(offset + 1, first.offset);
  const separators = children
    .slice(1)
    .map((child, index) => text.slice(end(children[index] ?? child), child.offset));
  const colon = colonOf(text, node);
  return {
    brackets: node.type === 'array' ? ['[', ']'] : ['{', '}'],
    lead,
    items: children.map((child) => text.slice(child.offset, end(child))),
    separators,
    trail: last === undefined ? around.outer : text.slice(end(last), offset + length - 1),
    separator: separators.at(-1) ?? `,${lead === '' ? spaceIn(colon) : lead}`,
    colon,
  };
}

/** An object on one line, as loosely written as `colon` is. */
export function emptyObject(colon: string): Container {
  const space = spaceIn(colon);
  return {
    brackets: ['{', '}'],
    lead: space,
    items: [],
    separators: [],
    trail: space,
    separator: `,${space}`,
    colon,
  };
}

/** Puts the pieces together. */
export function join({ brackets, lead, items, separators, trail }: Container): string {
  const [open, close] = brackets;
  if (items.length === 0) return open + close;
  const text = items.map((item, index) => `${separators[index - 1] ?? ''}${item}`).join('');
  return open + lead + text + trail + close;
}

/** One item more at the end. */
export function withItem(container: Container, item: string): Container {
  const { items, separators, separator } = container;
  return {
    ...container,
    items: [...items, item],
    separators: items.length === 0 ? [] : [...separators, separator],
  };
}

/** One item less, with the separator that parted it. */
export function withoutItem(container: Container, index: number): Container {
  return {
    ...container,
    items: container.items.toSpliced(index, 1),
    separators: container.separators.toSpliced(Math.max(0, index - 1), 1),
  };
}

function spaceIn(colon: string): string {
  return colon === ':' ? '' : ' ';
}

/** Of the last member here, or of the nearest object around. */
function colonOf(text: string, node: Node): string {
  for (let around: Node | undefined = node; around !== undefined; around = around.parent) {
    const [key, value] = around.children?.at(-1)?.children ?? [];
    if (around.type !== 'object' || key === undefined || value === undefined) continue;
    return text.slice(key.offset + key.length, value.offset);
  }
  return ': ';
}

/** The white space inside and behind a container that is empty: one line stays one line. */
function whiteSpaceOf(text: string, node: Node): { inner: string; outer: string } {
  const [eol] = /\r?\n/.exec(text.trimEnd()) ?? [];
  if (eol === undefined) return { inner: '', outer: '' };
  const line = text.slice(0, node.offset).split('\n').at(-1) ?? '';
  const [indent = ''] = /^[ \t]*/.exec(line) ?? [];
  const [, unit = '  '] = /\n([ \t]+)\S/.exec(text) ?? [];
  return { inner: eol + indent + unit, outer: eol + indent };
}
