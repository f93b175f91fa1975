import type { Kind, Outcome, Probe, Seen } from './probe.ts';

/** A probe that was run, or could not be. */
export interface Try {
  readonly probe: Probe;
  readonly outcome: Outcome;
}

export type Tried = readonly Try[];

/** What a tenant's probe of a kind is; `twins` are names of probes of the same tenant and kind. */
export interface ProbeProps {
  readonly name: string;
  readonly attempt: string;
  readonly expected: Seen;
  readonly twins?: readonly string[];
}

export function probeOf(kind: Kind, tenant: string, props: ProbeProps): Probe {
  const { name, attempt, expected, twins = [] } = props;
  const idOf = (own: string) => `${tenant}/${kind}/${own}`;
  return { id: idOf(name), kind, tenant, attempt, expected, twins: twins.map(idOf) };
}

export function tried(probe: Probe, seen: Seen | null, detail = ''): Try {
  return { probe, outcome: { id: probe.id, seen, detail } };
}
