/** The IPv6 addresses of a pod's interfaces, each with its zone where it needs one. */
export interface Ipv6Addresses {
  /** `fe80::1%eth0`. */
  readonly linkLocal: readonly string[];
  readonly global: readonly string[];
}

const LINK_SCOPE = '20';
const GLOBAL_SCOPE = '00';

/** Reads `/proc/net/if_inet6`, which is empty or missing where IPv6 is off. */
export function parseInterfaces(text: string): Ipv6Addresses {
  const lines = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([address, , , , , name]) => /^[0-9a-f]{32}$/.test(address ?? '') && name !== 'lo');
  const inScope = (scope: string) =>
    lines
      .filter((fields) => fields[3] === scope)
      .map(([address = '', , , , , name = '']) => ({ address: groupsOf(address), name }));
  return {
    linkLocal: inScope(LINK_SCOPE).map(({ address, name }) => `${address}%${name}`),
    global: inScope(GLOBAL_SCOPE).map(({ address }) => address),
  };
}

function groupsOf(digits: string): string {
  return (digits.match(/.{4}/g) ?? [])
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

/**
 * The link-local addresses that the neighbours in `/proc/net/arp` give themselves by the standard
 * rule (RFC 4291, appendix A), each with the zone in which it was met: the node is one of them.
 */
export function neighbours(arp: string): readonly string[] {
  return arp.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const mac = fields[3] ?? '';
    const device = fields[5];
    if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) || mac === '00:00:00:00:00:00') return [];
    return device === undefined ? [] : [`${linkLocalOf(mac)}%${device}`];
  });
}

/** The link-local address that an interface with this hardware address gives itself. */
export function linkLocalOf(mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac
    .split(':')
    .map((byte) => Number.parseInt(byte, 16));
  const groups = [(a ^ 2) * 256 + b, c * 256 + 0xff, 0xfe00 + d, e * 256 + f];
  return `fe80::${groups.map((group) => group.toString(16)).join(':')}`;
}
