const SUFFIXES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Largest amount of bytes we count with: 1 PiB, far below what a double holds exactly. */
const MAX_BYTES = 2 ** 50;
const MAX_MILLICORES = 1e9;

export const CPU_FORM = /^(\d{1,9})(?:\.(\d{1,3})|(m))?$/;
export const BYTES_FORM = /^(\d{1,16})(?:\.(\d{1,3}))?(|k|M|G|T|Ki|Mi|Gi|Ti)$/;

/** Thousandths of a CPU in a Kubernetes quantity such as `2`, `0.5` or `250m`; null where it is none. */
export function parseCpu(text: string): number | null {
  const match = CPU_FORM.exec(text);
  if (!match) return null;
  const [, whole = '', fraction = '', milli] = match;
  const millicores = Number(milli === undefined ? whole + fraction.padEnd(3, '0') : whole);
  return millicores > 0 && millicores <= MAX_MILLICORES ? millicores : null;
}

/** Bytes in a Kubernetes quantity such as `4Gi`, `1.5G` or `1024`; null where it is none. */
export function parseBytes(text: string): number | null {
  const match = BYTES_FORM.exec(text);
  if (!match) return null;
  const [, whole = '', fraction = '', suffix = ''] = match;
  // In whole thousandths: as doubles, 1.001 and 1e9 miss their product.
  const thousandths = BigInt(whole + fraction.padEnd(3, '0')) * BigInt(SUFFIXES[suffix] ?? 1);
  const bytes = Number(thousandths / 1000n);
  return thousandths % 1000n === 0n && bytes > 0 && bytes <= MAX_BYTES ? bytes : null;
}

/** The canonical quantity of so many thousandths of a CPU: `2`, `250m`. */
export function formatCpu(millicores: number): string {
  return millicores % 1000 === 0 ? String(millicores / 1000) : `${millicores}m`;
}

/** The canonical quantity of so many bytes, in the largest binary unit that holds it whole. */
export function formatBytes(bytes: number): string {
  for (const suffix of ['Ti', 'Gi', 'Mi', 'Ki']) {
    const unit = SUFFIXES[suffix] ?? 1;
    if (bytes >= unit && bytes % unit === 0) return `${bytes / unit}${suffix}`;
  }
  return String(bytes);
}
