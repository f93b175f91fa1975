/**
 * JSON with the keys of every object in order, so that equal values have equal texts. Without
 * recursion: a tenant's object may be nested ten thousand deep, which JSON.stringify is not up to.
 */
export function canonicalJson(value: unknown): string {
  const parts: string[] = [];
  const todo: (() => void)[] = [];
  const write = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) {
      parts.push(JSON.stringify(part) ?? 'null');
      return;
    }
    const isList = Array.isArray(part);
    const entries = isList
      ? part.map((item: unknown) => ['', item] as const)
      : Object.entries(part)
          .filter(([, item]) => item !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1));
    parts.push(isList ? '[' : '{');
    todo.push(() => parts.push(isList ? ']' : '}'));
    for (const [index, [key, item]] of [...entries.entries()].toReversed()) {
      todo.push(() => {
        if (index > 0) parts.push(',');
        if (!isList) parts.push(`${JSON.stringify(key)}:`);
        write(item);
      });
    }
  };
  write(value);
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) next();
  return parts.join('');
}
