/** A block of IPv4 addresses: the first as a number, and how many leading bits all of them share. */
interface Block {
  readonly first: number;
  readonly bits: number;
}

/** The cloud's metadata service and its kin answer in here. */
export const LINK_LOCAL = '169.254.0.0/16';

/** A pod's own, and a node's. */
export const LOOPBACK = '127.0.0.0/8';

const FORM = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** Whether a text is a block such as `10.0.0.0/8`, named by its first address. */
export function isCidr(text: string): boolean {
  return parse(text) !== null;
}

/** Whether every address of `inner` is in `outer`; false where one of them is no block. */
export function covers(outer: string, inner: string): boolean {
  const a = parse(outer);
  const b = parse(inner);
  return a !== null && b !== null && a.bits <= b.bits && start(b.first, a.bits) === a.first;
}

/** Whether two blocks have an address in common; false where one of them is no block. */
export function overlaps(one: string, other: string): boolean {
  return covers(one, other) || covers(other, one);
}

function parse(text: string): Block | null {
  const numbers = FORM.exec(text)?.slice(1) ?? [];
  // Some readers take 010 for eight.
  if (numbers.length === 0 || numbers.some((part) => part !== String(Number(part)))) return null;
  const [bits = 0, ...bytes] = numbers.map(Number).toReversed();
  if (bits > 32 || bytes.some((byte) => byte > 255)) return null;
  const first = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  return start(first, bits) === first ? { first, bits } : null;
}

/** The first address of the block of so many bits that an address is in. */
function start(address: number, bits: number): number {
  const size = 2 ** (32 - bits);
  return Math.floor(address / size) * size;
}
