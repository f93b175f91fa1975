import type { HostEndpoints, ProbePodEndpoint, TenantEndpoints } from './endpoints.ts';
import { PROBE_PORT } from './fixtures.ts';
import { networkProbe, type NetworkProbe } from './network-probe.ts';

export const KUBELET_PORT = 10250;
const DNS_PORT = 53;

/** One way of reaching a probe pod: a protocol and one of its addresses. */
interface Way {
  readonly name: string;
  readonly text: string;
  readonly host: string;
  readonly transport: 'tcp' | 'udp-echo';
}

/**
 * Every way to a probe pod. An address of IPv6 is one that a host's NetworkPolicies may not hold:
 * many network plugins filter IPv4 alone, and pods on a shared link see each other's link-local ones.
 */
function waysTo({ ipv4, linkLocal, global }: ProbePodEndpoint): readonly Way[] {
  const both = (name: string, text: string, host: string): readonly Way[] => [
    { name: `${name}-tcp`, text, host, transport: 'tcp' },
    { name: `${name}-udp`, text, host, transport: 'udp-echo' },
  ];
  const numbered = (index: number) => (index === 0 ? '' : `-${index + 1}`);
  return [
    ...(ipv4 === null ? [] : both('probe-pod', 'probe pod', ipv4)),
    ...linkLocal.flatMap((host, index) =>
      both(`link-local${numbered(index)}`, 'probe pod, link-local,', host),
    ),
    ...global.flatMap((host, index) => both(`ipv6${numbered(index)}`, 'probe pod, IPv6,', host)),
  ];
}

const isIpv6 = ({ host }: Way) => host.includes(':');

/** That the pod's own listeners answer, and that it can speak IPv6 at all. */
export function ownListeners({
  id,
  probePod,
  dnsService,
}: TenantEndpoints): readonly NetworkProbe[] {
  return [
    ...waysTo(probePod).map(({ name, text, host, transport }) =>
      networkProbe(id, name, `own ${text}`, 'allowed', { host, port: PROBE_PORT, transport }),
    ),
    networkProbe(id, 'dns-udp', 'own DNS', 'allowed', {
      host: dnsService,
      port: DNS_PORT,
      transport: 'udp-dns',
    }),
  ];
}

/** One tenant against the listeners of another, on every address that these have. */
export function crossTenantListeners(
  from: TenantEndpoints,
  to: TenantEndpoints,
): readonly NetworkProbe[] {
  const speaksIpv6 = waysTo(from.probePod).find(isIpv6);
  return [
    ...waysTo(to.probePod).flatMap((way) => {
      const { name, text, host, transport } = way;
      if (isIpv6(way) && speaksIpv6 === undefined) return [];
      const controls = [
        `${to.id}/network/${name}`,
        ...(isIpv6(way) ? [`${from.id}/network/${speaksIpv6?.name ?? ''}`] : []),
      ];
      // A zone is the name of the interface that the sender sends from.
      const address = way.name.startsWith('link-local') ? inZoneOf(from.probePod, host) : host;
      const destination = { host: address, port: PROBE_PORT, transport };
      return [
        networkProbe(from.id, `${name}@${to.id}`, `${to.id}'s ${text}`, 'refused', destination, {
          controls,
        }),
      ];
    }),
    networkProbe(
      from.id,
      `dns-udp@${to.id}`,
      `${to.id}'s DNS`,
      'refused',
      { host: to.dnsService, port: DNS_PORT, transport: 'udp-dns' },
      { controls: [`${to.id}/network/dns-udp`] },
    ),
  ];
}

function inZoneOf({ linkLocal }: ProbePodEndpoint, address: string): string {
  const zone = linkLocal[0]?.split('%')[1];
  return zone === undefined ? address : `${address.split('%')[0] ?? ''}%${zone}`;
}

/** A tenant against what its pod shares a link with, the node's IPv6 address, and the host's DNS. */
export function tenantToHostListeners(
  { id, probePod }: TenantEndpoints,
  { apiEndpoint, nodeIpv6, dnsService }: HostEndpoints,
): readonly NetworkProbe[] {
  const speaksIpv6 = waysTo(probePod).find(isIpv6);
  const own = `${id}/network/${speaksIpv6?.name ?? ''}`;
  const ports = [
    { what: 'kubelet', port: KUBELET_PORT, control: 'host/network/kubelet' },
    { what: 'host API server', port: apiEndpoint.port, control: 'host/network/api-endpoint' },
  ];
  const overIpv6 = (name: string, text: string, host: string) =>
    ports.map(({ what, port, control }) =>
      networkProbe(
        id,
        `${name}-${port}`,
        `${what}, ${text},`,
        'refused',
        { host, port },
        { controls: [control, own] },
      ),
    );
  return [
    ...(speaksIpv6 === undefined
      ? []
      : [
          ...probePod.neighbours.flatMap((host, index) =>
            overIpv6(`neighbour-${index + 1}`, 'link-local', host),
          ),
          ...(nodeIpv6 === null ? [] : overIpv6('host-ipv6', 'IPv6', nodeIpv6)),
        ]),
    ...(dnsService === null
      ? []
      : [
          networkProbe(
            id,
            'host-dns-udp',
            'host DNS',
            'refused',
            { host: dnsService, port: DNS_PORT, transport: 'udp-dns' },
            { controls: ['host/network/dns-udp'] },
          ),
        ]),
  ];
}

/** From the pod on the host, which no policy of ours holds: the host's DNS does answer. */
export function hostListeners({ dnsService }: HostEndpoints): readonly NetworkProbe[] {
  if (dnsService === null) return [];
  const destination = { host: dnsService, port: DNS_PORT, transport: 'udp-dns' } as const;
  return [networkProbe(null, 'dns-udp', 'host DNS', 'allowed', destination)];
}
