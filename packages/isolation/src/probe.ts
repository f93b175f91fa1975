/**
 * What is tried: a packet, something that a hostile administrator of a virtual cluster would do, or
 * something that the host itself can tell.
 */
export const KINDS = ['network', 'hostile', 'host'] as const;
export type Kind = (typeof KINDS)[number];

export type Seen = 'allowed' | 'refused';

/** One attempt, with what must come of it. */
export interface Probe {
  /** Unique in a run: `alice/network/app-pod@bob`. */
  readonly id: string;
  readonly kind: Kind;
  /** The tenant that tries; `-` for what is tried from the host as a reference. */
  readonly tenant: string;
  /** For people. */
  readonly attempt: string;
  readonly expected: Seen;
  /**
   * Probes of the same run that show the attempt could have come through. All of them must have
   * been allowed for a refusal to count; with none, a refusal is taken from the rules alone.
   */
  readonly controls: readonly string[];
}

/** What came of a probe; `seen` is null where it could not be run, and `detail` says why. */
export interface Outcome {
  readonly id: string;
  readonly seen: Seen | null;
  readonly detail: string;
}

/**
 * - `ok`: as expected, a refusal with its control
 * - `policy`: refused, and the rules say so, but nothing answers there that could prove it
 * - `open`: came through, and must not
 * - `broken`: must come through, and did not
 * - `skipped`: could not be run, or its refusal proves nothing; never a pass
 */
export const VERDICTS = ['ok', 'policy', 'open', 'broken', 'skipped'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A probe with its outcome. */
export interface Row extends Probe {
  readonly seen: Seen | null;
  readonly verdict: Verdict;
  readonly detail: string;
}

export type Counts = Readonly<Record<Verdict, number>>;

/** A probe that was run, or could not be. */
export interface ProbeResult {
  readonly probe: Probe;
  readonly outcome: Outcome;
}

export type ProbeResults = readonly ProbeResult[];

/** What a tenant's probe of a kind is; `controls` are names of probes of the same tenant and kind. */
export interface ProbeProps {
  readonly name: string;
  readonly attempt: string;
  readonly expected: Seen;
  readonly controls?: readonly string[];
}

export function probeOf(kind: Kind, tenant: string, props: ProbeProps): Probe {
  const { name, attempt, expected, controls = [] } = props;
  const idOf = (own: string) => `${tenant}/${kind}/${own}`;
  return { id: idOf(name), kind, tenant, attempt, expected, controls: controls.map(idOf) };
}

export function resultOf(probe: Probe, seen: Seen | null, detail = ''): ProbeResult {
  return { probe, outcome: { id: probe.id, seen, detail } };
}
