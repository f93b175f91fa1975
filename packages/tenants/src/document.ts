import { findNodeAtLocation, parseTree, type Node, type ParseError } from 'jsonc-parser';
import type { Fault } from './fault.ts';
import { formatPath } from './fault.ts';
import { syntaxMessage } from './syntax.ts';

/** A JSON text as a value, with the places of its parts. */
export interface Document {
  readonly value: unknown;
  /** What is wrong whatever the schema says: keys that stand twice, hostile keys and nesting. */
  readonly faults: readonly Fault[];
  /** The fault for what stands at `path`, or, where nothing stands there, at its nearest parent. */
  fault(path: readonly PropertyKey[], message: string): Fault;
  /** The fault for a key itself rather than for its value. */
  keyFault(path: readonly PropertyKey[], key: string, message: string): Fault;
}

/** Far more levels than tenants.json has, far fewer than a stack holds. */
const DEEPEST = 32;
const TOO_DEEP = `nested more than ${DEEPEST} levels deep`;

/** Reads strict JSON; what is no JSON at all comes back as faults alone. */
export function readDocument(text: string): Document | readonly Fault[] {
  const source = text.replace(/^\uFEFF/, '');
  const locate = locator(source);
  const whole = (offset: number, message: string): readonly Fault[] => [
    { path: '', ...locate(offset), message },
  ];
  if (source.trim() === '') {
    return whole(0, 'the file is empty; least form: {"tenants": []}');
  }
  const undecodable = source.indexOf('\uFFFD');
  if (undecodable !== -1) {
    return whole(undecodable, 'found bytes that are not UTF-8 text; save the file as UTF-8');
  }
  const errors: ParseError[] = [];
  const root = parseOrNull(source, errors);
  if (root === null) return whole(0, TOO_DEEP);
  const [error] = errors;
  // What follows the first error is mostly its echo.
  if (error !== undefined) return whole(error.offset, syntaxMessage(error, source));
  if (root === undefined) return whole(0, 'not JSON');

  const faults: Fault[] = [];
  const value = valueOf(root, [], (path, { offset }, message) => {
    faults.push({ path: formatPath(path), ...locate(offset), message });
  });
  return {
    value,
    faults,
    fault(path, message) {
      let node: Node | undefined;
      for (let length = path.length; node === undefined && length >= 0; length -= 1) {
        node = findNodeAtLocation(root, path.slice(0, length) as (string | number)[]);
      }
      return { path: formatPath(path), ...locate(node?.offset ?? 0), message };
    },
    keyFault(path, key, message) {
      const found = findNodeAtLocation(root, [...path, key] as (string | number)[]);
      const offset = found?.parent?.children?.[0]?.offset ?? found?.offset ?? 0;
      return { path: formatPath([...path, key]), ...locate(offset), message };
    },
  };
}

/** The parser recurses, so that hostile nesting ends in a RangeError. */
function parseOrNull(source: string, errors: ParseError[]): Node | undefined | null {
  try {
    return parseTree(source, errors, { disallowComments: true, allowTrailingComma: false });
  } catch {
    return null;
  }
}

type Note = (path: readonly PropertyKey[], node: Node, message: string) => void;

/**
 * The plain value of a node. Notes what `JSON.parse` lets pass in silence; of a key that stands
 * twice the first counts, which is also the one that the tree finds.
 */
function valueOf(node: Node, path: readonly PropertyKey[], note: Note): unknown {
  const children = node.children ?? [];
  if (node.type === 'string') noteHalves(node.value, path, node, note);
  if (node.type !== 'array' && node.type !== 'object') return node.value;
  if (path.length === DEEPEST) {
    note(path, node, TOO_DEEP);
    return null;
  }
  if (node.type === 'array') {
    return children.map((child, index) => valueOf(child, [...path, index], note));
  }
  const value: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const { children: [keyNode, valueNode] = [] } of children) {
    if (keyNode === undefined || valueNode === undefined) continue;
    const key = String(keyNode.value);
    const here = [...path, key];
    noteHalves(key, here, keyNode, note);
    if (seen.has(key)) note(here, keyNode, 'this key stands twice in its object; keep one of them');
    else if (key === '__proto__') note(here, keyNode, 'this key is not allowed; remove it');
    else value[key] = valueOf(valueNode, here, note);
    seen.add(key);
  }
  return value;
}

/** `\ud83d` alone is half of a character: no file can hold it, and readers put something else there. */
function noteHalves(text: unknown, path: readonly PropertyKey[], node: Node, note: Note): void {
  if (String(text).isWellFormed()) return;
  note(
    path,
    node,
    'found half of a character; write both halves of the pair, or the character itself',
  );
}

/** From an offset to line and column, both from 1, by bisection over the line starts. */
function locator(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
