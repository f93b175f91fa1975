import { pnpm, type RunOptions } from './tenantry.ts';

/** A line of `pnpm verify --json`. */
export interface VerifyRow {
  readonly id: string;
  readonly tenant: string;
  readonly kind: 'network' | 'hostile' | 'host';
  readonly verdict: 'ok' | 'policy' | 'open' | 'broken' | 'skipped';
  readonly detail: string;
}

export interface Verification {
  readonly exitCode: number;
  readonly rows: readonly VerifyRow[];
  readonly summary: Readonly<Record<string, unknown>>;
  /** Ids of what must not be possible, and is. */
  readonly open: readonly string[];
}

export async function verify(
  ids: readonly string[] = [],
  options: RunOptions = {},
): Promise<Verification> {
  const { exitCode, stdout, stderr } = await pnpm(
    ['--silent', 'verify', '--json', ...ids],
    options,
  );
  const events = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { readonly event: string });
  const summary = events.at(-1);
  if (summary?.event !== 'summary')
    throw new Error(`pnpm verify: ${exitCode}\n${stdout}\n${stderr}`);
  const rows = events.slice(0, -1) as unknown as readonly VerifyRow[];
  const open = rows.filter(({ verdict }) => verdict === 'open').map(({ id }) => id);
  return { exitCode, rows, summary: { ...summary }, open };
}
