import {
  type Counts,
  type Outcome,
  type Probe,
  type Row,
  type Verdict,
  VERDICTS,
} from './probe.ts';

/**
 * The verdict on every probe, in the order of the probes.
 * @throws Error where two probes have the same id: one would be evaluated by the other's outcome
 */
export function evaluate(probes: readonly Probe[], outcomes: readonly Outcome[]): readonly Row[] {
  const ids = new Set<string>();
  for (const { id } of probes) {
    if (ids.has(id)) throw new Error(`two probes are called ${id}`);
    ids.add(id);
  }
  const found = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const allowed = new Set(outcomes.filter(({ seen }) => seen === 'allowed').map(({ id }) => id));
  return probes.map((probe) => {
    const outcome = found.get(probe.id) ?? { id: probe.id, seen: null, detail: 'was not run' };
    const verdict = verdictOn(probe, outcome, allowed);
    const unproven = verdict === 'skipped' && outcome.seen !== null;
    const detail = unproven
      ? `proves nothing: ${probe.controls.filter((control) => !allowed.has(control)).join(' and ')} was not allowed`
      : outcome.detail;
    return { ...probe, seen: outcome.seen, verdict, detail };
  });
}

function verdictOn(
  { expected, controls }: Probe,
  { seen }: Outcome,
  allowed: ReadonlySet<string>,
): Verdict {
  if (seen === null) return 'skipped';
  if (expected === 'allowed') return seen === 'allowed' ? 'ok' : 'broken';
  if (seen === 'allowed') return 'open';
  if (controls.length === 0) return 'policy';
  return controls.every((control) => allowed.has(control)) ? 'ok' : 'skipped';
}

export function count(rows: readonly Row[]): Counts {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<
    Verdict,
    number
  >;
  for (const { verdict } of rows) counts[verdict] += 1;
  return counts;
}

/** Tenants that live on the host and are not in dist/: nobody says what they should look like. */
export function orphanProbes(
  live: readonly string[],
  known: readonly { readonly id: string }[],
): [readonly Probe[], readonly Outcome[]] {
  const orphans = live.filter((id) => known.every((tenant) => tenant.id !== id));
  const probeId = (id: string) => `${id}/host/orphan`;
  return [
    orphans.map((id) => ({
      id: probeId(id),
      kind: 'host',
      tenant: id,
      attempt: 'namespace of ours',
      expected: 'refused',
      controls: [],
    })),
    orphans.map((id) => ({ id: probeId(id), seen: null, detail: 'live, but not in dist/' })),
  ];
}
