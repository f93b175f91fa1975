import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import {
  type Container,
  emptyObject,
  join,
  split,
  withItem,
  withoutItem,
} from './json-container.ts';

type Path = readonly (string | number)[];
type Value = string | number | boolean | null | object;
type Fields = Readonly<Record<string, Value>>;

/** Keys to set in the object at `path`; `undefined` removes a key. */
export interface Change {
  readonly path: Path;
  readonly set: Readonly<Record<string, Value | undefined>>;
}

/**
 * Sets keys of objects in a JSON text. Every other byte stays as it is; what is added is written
 * like what stands beside it. The objects must be there, and none inside another.
 */
export function setKeys(text: string, changes: readonly Change[]): string {
  const root = rootOf(text);
  return replace(
    text,
    changes.map(({ path, set }) => {
      const node = nodeAt(root, path, 'object');
      return { node, by: join(withKeys(split(text, node), keysOf(node), set)) };
    }),
  );
}

/** Adds an object at the end of a list. A list that is missing is made, in the outermost object. */
export function appendObject(text: string, key: string, object: Fields): string {
  const root = rootOf(text);
  const list = findNodeAtLocation(root, [key]);
  if (list === undefined) {
    const added = withItem(split(text, root), member(split(text, root), key, []));
    return appendObject(replace(text, [{ node: root, by: join(added) }]), key, object);
  }
  const container = split(text, list);
  const model = list.children?.at(-1);
  const like = model?.type === 'object' ? split(text, model) : emptyObject(container.colon);
  const item = withMembers({ ...like, items: [], separators: [] }, object);
  return replace(text, [{ node: list, by: join(withItem(container, item)) }]);
}

/** Removes the element at `index` of the list under `key`. */
export function removeElement(text: string, key: string, index: number): string {
  const node = nodeAt(rootOf(text), [key], 'array');
  return replace(text, [{ node, by: join(withoutItem(split(text, node), index)) }]);
}

function withKeys(container: Container, keys: readonly string[], set: Change['set']): Container {
  const found = [...keys];
  let result = container;
  for (const [key, value] of Object.entries(set)) {
    const index = found.indexOf(key);
    if (value === undefined) {
      if (index === -1) continue;
      found.splice(index, 1);
      result = withoutItem(result, index);
      continue;
    }
    const item = member(container, key, value);
    if (index === -1) {
      found.push(key);
      result = withItem(result, item);
    } else {
      result = { ...result, items: result.items.with(index, item) };
    }
  }
  return result;
}

function member({ colon }: Container, key: string, value: Value): string {
  const text = isFields(value) ? withMembers(emptyObject(colon), value) : JSON.stringify(value);
  return `${JSON.stringify(key)}${colon}${text}`;
}

function withMembers(container: Container, fields: Fields): string {
  const members = Object.entries(fields).map(([key, value]) => member(container, key, value));
  return join(members.reduce(withItem, container));
}

function isFields(value: Value): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rootOf(text: string): Node {
  const root = parseTree(text.replace(/^\uFEFF/, ' '));
  if (root === undefined) throw new TypeError('not JSON: it was not parsed before it was edited');
  return root;
}

function nodeAt(root: Node, path: Path, type: Node['type']): Node {
  const node = findNodeAtLocation(root, [...path]);
  if (node?.type !== type) throw new TypeError(`no ${type} at ${path.join('.')}`);
  return node;
}

function keysOf({ children = [] }: Node): readonly string[] {
  return children.map((child) => String(child.children?.[0]?.value));
}

function replace(text: string, edits: readonly { node: Node; by: string }[]): string {
  return edits
    .toSorted((a, b) => b.node.offset - a.node.offset)
    .reduce(
      (result, { node: { offset, length }, by }) =>
        result.slice(0, offset) + by + result.slice(offset + length),
      text,
    );
}
