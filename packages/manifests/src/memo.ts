/** A memo of this many results is emptied, so that memory stays flat over any number of tenants. */
const MEMO_SIZE = 5000;

/** Keeps results by what they are made from: a text, a number, or an object and not one like it. */
export function memo<Input, Output>(make: (input: Input) => Output): (input: Input) => Output {
  const known = new Map<Input, Output>();
  return (input) => {
    const found = known.get(input);
    if (found !== undefined) return found;
    if (known.size >= MEMO_SIZE) known.clear();
    const made = make(input);
    known.set(input, made);
    return made;
  };
}
