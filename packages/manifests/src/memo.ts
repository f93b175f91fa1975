/** A memo of this many results is emptied, so that memory stays flat over any number of tenants. */
const MEMO_SIZE = 5000;

/** Keeps results by what they are made from; `keyOf` has to tell apart what gives another result. */
export function memo<Input, Output>(
  make: (input: Input) => Output,
  keyOf: (input: Input) => unknown,
): (input: Input) => Output {
  const known = new Map<unknown, Output>();
  return (input) => {
    const key = keyOf(input);
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size >= MEMO_SIZE) known.clear();
    const made = make(input);
    known.set(key, made);
    return made;
  };
}
