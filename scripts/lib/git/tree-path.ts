import type { GitObject, ObjectReader } from './object-reader.ts';

/** What a commit has at a path. */
export type Entry =
  /** `path` is where it lies, at the end of links. */
  | { readonly kind: 'file'; readonly hash: string; readonly path: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Whether two commits have the same there. */
export function isSame(one: Entry, other: Entry): boolean {
  if (one.kind === 'file') return other.kind === 'file' && one.hash === other.hash;
  if (one.kind === 'unreadable') return other.kind === 'unreadable' && one.why === other.why;
  return other.kind === 'absent';
}

interface TreeEntry {
  readonly mode: string;
  readonly hash: string;
}

const TREE = '40000';
const LINK = '120000';
const SUBMODULE = '160000';
const MOST_LINKS = 40;

/** Finds paths in commits' trees, and follows links there as a file system would. */
export function pathFinder(reader: ObjectReader): (commit: string, path: string) => Promise<Entry> {
  const known = new Map<string, Promise<TreeEntry | null>>();
  const entryIn = (tree: string, name: string) => {
    const key = `${tree}/${name}`;
    const found = known.get(key) ?? reader.read(tree).then((object) => lookUp(object, name));
    known.set(key, found);
    return found;
  };
  const find = async (commit: string, path: string): Promise<Entry> => {
    const root = await reader.read(`${commit}^{tree}`);
    const above: { readonly name: string; readonly tree: string }[] = [];
    let todo = path.split('/');
    let links = 0;
    for (;;) {
      const [name, ...rest] = todo;
      if (name === undefined) return { kind: 'unreadable', why: 'it is a directory' };
      todo = rest;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (above.pop() === undefined) return outside();
        continue;
      }
      const parent = above.at(-1);
      const entry = parent === undefined ? lookUp(root, name) : await entryIn(parent.tree, name);
      if (entry?.mode === TREE) {
        above.push({ name, tree: entry.hash });
      } else if (entry?.mode === SUBMODULE) {
        return { kind: 'unreadable', why: `${name} is a submodule` };
      } else if (entry?.mode === LINK) {
        const target = (await reader.read(entry.hash)).content.toString();
        links += 1;
        if (links > MOST_LINKS) return { kind: 'unreadable', why: 'its links lead in a circle' };
        if (target.startsWith('/')) return outside();
        todo = [...target.split('/'), ...todo];
      } else if (entry !== null && todo.length === 0) {
        const at = [...above.map((directory) => directory.name), name].join('/');
        return { kind: 'file', hash: entry.hash, path: at };
      } else {
        return links === 0
          ? { kind: 'absent' }
          : { kind: 'unreadable', why: 'it is a link that leads nowhere' };
      }
    }
  };
  const entries = new Map<string, Promise<Entry>>();
  return (commit, path) => {
    const key = `${commit}:${path}`;
    const entry = entries.get(key) ?? find(commit, path);
    entries.set(key, entry);
    return entry;
  };
}

function outside(): Entry {
  return { kind: 'unreadable', why: 'it is a link that leads out of the repository' };
}

/** Looks a name up in a tree object: `<mode> <name>\0<hash>`, one after the other. */
function lookUp({ hash, content }: GitObject, name: string): TreeEntry | null {
  const wanted = Buffer.from(name);
  const hashBytes = hash.length / 2;
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(' ', at);
    const end = content.indexOf(0, space);
    const next = end + 1 + hashBytes;
    if (content.subarray(space + 1, end).equals(wanted)) {
      return {
        mode: content.toString('latin1', at, space),
        hash: content.toString('hex', end + 1, next),
      };
    }
    at = next;
  }
  return null;
}
