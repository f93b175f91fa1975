import type { Dial } from './dial.ts';
import type { Probe } from './probe.ts';

/** A probe that is a packet. */
export interface NetworkProbe extends Probe {
  /** The tenant whose pod dials, or null for the pod on the host that no policy of ours holds. */
  readonly from: string | null;
  readonly dial: Dial;
  /** Where a name must lead; null where it does not matter. */
  readonly leadsTo: string | null;
}

/** Where a packet goes. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly transport?: 'tcp' | 'udp-echo' | 'udp-dns';
  readonly withToken?: boolean;
}

export function networkProbe(
  from: string | null,
  name: string,
  attempt: string,
  expected: Probe['expected'],
  to: Destination,
  { controls = [], leadsTo = null }: { controls?: readonly string[]; leadsTo?: string | null } = {},
): NetworkProbe {
  const tenant = from ?? '-';
  const id = `${from ?? 'host'}/network/${name}`;
  const address = to.transport === undefined || to.transport === 'tcp' ? '' : ' UDP';
  const where = attempt.includes(to.host) ? `${to.port}` : `${to.host}:${to.port}`;
  return {
    id,
    kind: 'network',
    tenant,
    attempt: `${attempt} ${where}${address}`,
    expected,
    controls,
    from,
    dial: { id, ...to },
    leadsTo,
  };
}
