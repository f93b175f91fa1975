import { EXIT } from '../cli/run-main.ts';
import {
  type Counts,
  type Outcome,
  type Probe,
  type Row,
  VERDICTS,
  type Verdict,
} from './probe.ts';

/**
 * The verdict on every probe, in the order of the probes.
 * @throws Error where two probes have the same id: one would be judged by the other's outcome
 */
export function judge(probes: readonly Probe[], outcomes: readonly Outcome[]): readonly Row[] {
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
      ? `proves nothing: ${probe.twins.join(' or ')} was not allowed`
      : outcome.detail;
    return { ...probe, seen: outcome.seen, verdict, detail };
  });
}

function verdictOn(
  { expected, twins }: Probe,
  { seen }: Outcome,
  allowed: ReadonlySet<string>,
): Verdict {
  if (seen === null) return 'skipped';
  if (expected === 'allowed') return seen === 'allowed' ? 'ok' : 'broken';
  if (seen === 'allowed') return 'open';
  if (twins.length === 0) return 'policy';
  return twins.some((twin) => allowed.has(twin)) ? 'ok' : 'skipped';
}

export function count(rows: readonly Row[]): Counts {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<
    Verdict,
    number
  >;
  for (const { verdict } of rows) counts[verdict] += 1;
  return counts;
}

/** 0 all as expected; 1 something is open or broken; 3 something could not be run. */
export function exitCode({ open, broken, skipped }: Counts): number {
  if (open + broken > 0) return EXIT.failed;
  return skipped > 0 ? EXIT.some : EXIT.done;
}
