/** Two trees as one; where both have a leaf, or one has a leaf and the other a branch, `upper` wins. */
export function mergeUnder<T extends object>(lower: object, upper: T): T {
  const merged: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    const below = merged[key];
    merged[key] = isBranch(below) && isBranch(value) ? mergeUnder(below, value) : value;
  }
  return merged as T;
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
