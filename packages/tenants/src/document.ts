import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type { Fault } from './fault.ts';
import { formatPath, show } from './fault.ts';

/** A JSON text as a value, with the places of its parts. */
export interface Document {
  readonly value: unknown;
  /** The fault for what stands at `path`, or, where nothing stands there, at its nearest parent. */
  fault(path: readonly PropertyKey[], message: string): Fault;
  /** The fault for a key itself rather than for its value. */
  keyFault(path: readonly PropertyKey[], key: string, message: string): Fault;
}

/**
 * Reads strict JSON. Besides syntax it refuses what `JSON.parse` lets pass in silence: keys that
 * stand twice, and `__proto__`.
 */
export function readDocument(text: string): Document | readonly Fault[] {
  const source = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  const locate = locator(source);
  if (source.trim() === '') {
    return [{ path: '', ...locate(0), message: 'the file is empty; least form: {"tenants": []}' }];
  }
  const errors: ParseError[] = [];
  const root = parseOrNull(source, errors);
  if (root === null) {
    return [{ path: '', ...locate(0), message: 'the JSON is nested too deeply to be read' }];
  }
  if (errors.length > 0 || root === undefined) {
    return errors.slice(0, 1).map(({ error, offset }) => ({
      path: '',
      ...locate(offset),
      message: `not JSON: ${words(printParseErrorCode(error))} at ${show(source.slice(offset, offset + 20))}`,
    }));
  }
  const faults = [...keyFaults(root, [], locate)];
  if (faults.length > 0) return faults;
  return {
    value: getNodeValue(root),
    fault(path, message) {
      let node: Node | undefined;
      for (let length = path.length; node === undefined && length >= 0; length -= 1) {
        node = findNodeAtLocation(root, path.slice(0, length) as (string | number)[]);
      }
      return { path: formatPath(path), ...locate(node?.offset ?? 0), message };
    },
    keyFault(path, key, message) {
      const value = findNodeAtLocation(root, [...path, key] as (string | number)[]);
      const offset = value?.parent?.children?.[0]?.offset ?? value?.offset ?? 0;
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

function* keyFaults(
  node: Node,
  path: readonly PropertyKey[],
  locate: (offset: number) => { line: number; column: number },
): Generator<Fault> {
  if (node.type === 'array') {
    for (const [index, child] of (node.children ?? []).entries()) {
      yield* keyFaults(child, [...path, index], locate);
    }
  }
  if (node.type !== 'object') return;
  const seen = new Map<string, number>();
  for (const property of node.children ?? []) {
    const [keyNode, valueNode] = property.children ?? [];
    if (keyNode === undefined) continue;
    const key = String(keyNode.value);
    const place = { path: formatPath([...path, key]), ...locate(keyNode.offset) };
    const first = seen.get(key);
    if (key === '__proto__') yield { ...place, message: 'this key is not allowed' };
    if (first !== undefined) {
      yield { ...place, message: `this key stands twice; first in line ${first}` };
    }
    seen.set(key, place.line);
    if (valueNode !== undefined) yield* keyFaults(valueNode, [...path, key], locate);
  }
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

/** `CommaExpected` as `comma expected`. */
function words(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
