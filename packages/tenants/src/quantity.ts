import { show } from './fault.ts';

/** Powers of ten. */
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/** Powers of two. */
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/** Sign, whole, fraction, suffix, exponent. `8E` is an exa, `8E2` eight hundred. */
const QUANTITY =
  /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?$/;

const BILLION = 1_000_000_000n;
const MILLION = 1_000_000n;

/**
 * A quantity in any form that Kubernetes allows (`5Gi`, `129e6`, `128974848000m`, `.5`), in
 * billionths, which is as fine as Kubernetes counts; what is finer is rounded away from zero, as it
 * does. Null where it is none, or has an exponent of three digits.
 */
export function parseQuantity(text: string): bigint | null {
  const match = QUANTITY.exec(text);
  if (!match) return null;
  const [, sign, whole = '', fraction = '', suffix = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction) << BigInt(BINARY[suffix] ?? 0);
  const power = 9 - fraction.length + (DECIMAL[suffix] ?? Number(exponent));
  const billionths =
    power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power));
  return sign === '-' ? -billionths : billionths;
}

/** What a cluster shows cannot be counted with. */
export class UnreadableQuantity extends Error {
  override name = 'UnreadableQuantity';

  constructor(text: unknown, place: string) {
    super(
      `${place}: found ${show(text)}; an amount is a Kubernetes quantity, 0 or more, like "5Gi", "129e6" or "250m"\n  → correct it there; without it no sum is right`,
    );
  }
}

/**
 * Whole units (bytes, pods) of a quantity that a cluster shows, rounded up as Kubernetes does.
 * `place` is what an error calls it. @throws UnreadableQuantity
 */
export function quantityValue(text: unknown, place: string): number {
  return Number(divideUp(live(text, place), BILLION));
}

/** Thousandths (of a CPU) of a quantity that a cluster shows, rounded up. @throws UnreadableQuantity */
export function quantityMilliValue(text: unknown, place: string): number {
  return Number(divideUp(live(text, place), MILLION));
}

function live(text: unknown, place: string): bigint {
  const billionths = typeof text === 'string' ? parseQuantity(text) : null;
  if (billionths === null || billionths < 0n) throw new UnreadableQuantity(text, place);
  return billionths;
}

function divideUp(amount: bigint, by: bigint): bigint {
  return (amount + by - 1n) / by;
}

/** The forms that tenants.json has, fewer than Kubernetes has. */
export const CPU_FORM = /^(\d{1,9})(?:\.(\d{1,3})|(m))?$/;
export const BYTES_FORM = /^(\d{1,16})(?:\.(\d{1,3}))?(|k|M|G|T|Ki|Mi|Gi|Ti)$/;

/** Largest amount of bytes in tenants.json: 1 PiB, far below what a double holds exactly. */
const MAX_BYTES = 2 ** 50;
const MAX_MILLICORES = 1e9;

/** Thousandths of a CPU in tenants.json, such as `2`, `0.5` or `250m`; null where it is none. */
export function parseCpu(text: string): number | null {
  return CPU_FORM.test(text) ? wholeUnits(text, MILLION, MAX_MILLICORES) : null;
}

/** Bytes in tenants.json, such as `4Gi`, `1.5G` or `1024`; null where it is none. */
export function parseBytes(text: string): number | null {
  return BYTES_FORM.test(text) ? wholeUnits(text, BILLION, MAX_BYTES) : null;
}

/** Null where it is not a whole count of `unit` (in billionths) from 1 to `max`. */
function wholeUnits(text: string, unit: bigint, max: number): number | null {
  const billionths = parseQuantity(text) ?? 0n;
  const amount = Number(billionths / unit);
  return billionths % unit === 0n && amount > 0 && amount <= max ? amount : null;
}

/** The canonical quantity of so many thousandths of a CPU: `2`, `250m`. */
export function formatCpu(millicores: number): string {
  return millicores % 1000 === 0 ? String(millicores / 1000) : `${millicores}m`;
}

/** The canonical quantity of so many bytes, in the largest binary unit that holds it whole. */
export function formatBytes(bytes: number): string {
  for (const suffix of ['Ti', 'Gi', 'Mi', 'Ki']) {
    const unit = 2 ** (BINARY[suffix] ?? 0);
    if (bytes >= unit && bytes % unit === 0) return `${bytes / unit}${suffix}`;
  }
  return String(bytes);
}
