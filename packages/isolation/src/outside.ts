import { egressOf, type KubeObject, nameserversOf } from '@tenantry/plan';
import { covers } from '@tenantry/tenants';
import { type Destination, networkProbe, type NetworkProbe } from './network-probe.ts';
import { probeOf, type ProbeResults, resultOf } from './probe.ts';

/** A tenant as dist/ has it. */
interface TenantObjects {
  readonly id: string;
  readonly hostObjects: readonly KubeObject[];
}

/** An address outside of the cluster that the plan of some tenant names, and a port there. */
export interface OutsideAddress {
  readonly name: string;
  readonly destination: Destination;
  /** Ids of the tenants whose pods may connect to it. */
  readonly openTo: readonly string[];
}

export interface OutsideEndpoint extends OutsideAddress {
  /** Whether it answers a pod on the host, which no policy of ours holds. */
  readonly answers: boolean;
}

/**
 * The single addresses that plans name; of a wider block nobody says who answers in it. A name server
 * is open to a tenant's DNS and to none of its other pods.
 */
export function outsideAddresses(tenants: readonly TenantObjects[]): readonly OutsideAddress[] {
  const openings = tenants.map(({ id, hostObjects }) => ({ id, egress: egressOf(hostObjects) }));
  const named = openings.flatMap(({ egress }) =>
    egress
      .filter(({ cidr }) => cidr.endsWith('/32'))
      .flatMap(({ cidr, ports }) => ports.map((port) => ({ host: cidr.slice(0, -3), port }))),
  );
  const destinations = new Map(named.map((one) => [`outside-${one.host}-${one.port}`, one]));
  const opened = [...destinations].map(([name, { host, port }]) => ({
    name,
    destination: { host, port },
    openTo: openings
      .filter(({ egress }) =>
        egress.some(({ cidr, ports }) => covers(cidr, `${host}/32`) && ports.includes(port)),
      )
      .map(({ id }) => id),
  }));
  const nameservers = tenants.flatMap(({ hostObjects }) => nameserversOf(hostObjects));
  const asked = nameservers.map((host) => ({
    name: `outside-${host}-dns-udp`,
    destination: { host, port: 53, transport: 'udp-dns' as const },
    openTo: [],
  }));
  return [...new Map([...opened, ...asked].map((one) => [one.name, one])).values()];
}

/** From the pod on the host: what answers outside of the cluster. */
export function outsideReference(outside: readonly OutsideEndpoint[]): readonly NetworkProbe[] {
  return outside
    .filter(({ answers }) => answers)
    .map(({ name, destination }) => networkProbe(null, name, 'outside', 'allowed', destination));
}

/** A tenant against what plans open, its own and others'. What is open and does not answer is not tried. */
export function tenantToOutside(
  from: string,
  outside: readonly OutsideEndpoint[],
): readonly NetworkProbe[] {
  return outside.flatMap(({ name, destination, openTo, answers }) => {
    const isOpen = openTo.includes(from);
    if (isOpen && !answers) return [];
    const controls = isOpen || !answers ? [] : [`host/network/${name}`];
    const [attempt, expected] = isOpen
      ? (['outside, by its plan', 'allowed'] as const)
      : (['outside', 'refused'] as const);
    return [networkProbe(from, name, attempt, expected, destination, { controls })];
  });
}

/** What is open on purpose, so that it is read beside what is not. */
export function openingResults(tenants: readonly TenantObjects[]): ProbeResults {
  return tenants.flatMap(({ id, hostObjects }) => {
    const row = (name: string, attempt: string) =>
      resultOf(
        probeOf('network', id, { name, attempt, expected: 'allowed' }),
        'allowed',
        'by its plan',
      );
    const nameservers = nameserversOf(hostObjects);
    return [
      ...egressOf(hostObjects).map(({ cidr, ports }, index) =>
        row(`egress-${index + 1}`, `open on purpose: ${cidr} ${ports.join(', ')}`),
      ),
      ...(nameservers.length === 0
        ? []
        : [row('nameservers', `its DNS asks ${nameservers.join(', ')}`)]),
    ];
  });
}
