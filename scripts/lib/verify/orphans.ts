import type { Outcome, Probe } from './probe.ts';

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
      twins: [],
    })),
    orphans.map((id) => ({ id: probeId(id), seen: null, detail: 'live, but not in dist/' })),
  ];
}
