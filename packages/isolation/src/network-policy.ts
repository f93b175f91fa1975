interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

interface Peer {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Port {
  readonly port?: number | string;
  readonly endPort?: number;
}

interface PolicySpec {
  readonly podSelector?: Selector;
  readonly policyTypes?: readonly string[];
  readonly egress?: readonly {
    readonly to?: readonly Peer[];
    readonly ports?: readonly Port[];
  }[];
}

/**
 * What lets a pod out to an address by the namespace's NetworkPolicies: their names, or the lack of
 * any that holds the pod. Empty where the rules refuse it. A
 * port of null stands for any.
 */
export function waysOut(
  policies: readonly KubeObject[],
  pod: KubeObject,
  { host, port }: { readonly host: string; readonly port: number | null },
): readonly string[] {
  const holding = policies
    .map(({ metadata, ...rest }) => ({ name: metadata.name, ...(rest['spec'] as PolicySpec) }))
    .filter(
      ({ podSelector = {}, policyTypes = [] }) =>
        policyTypes.includes('Egress') && selects(podSelector, pod.metadata.labels ?? {}),
    );
  if (holding.length === 0) return ['no policy holds its egress'];
  return holding
    .filter(({ egress = [] }) =>
      egress.some(
        ({ to = [], ports = [] }) =>
          (to.length === 0 || to.some((peer) => reaches(peer, host))) &&
          (port === null || ports.length === 0 || ports.some((one) => isAmong(port, one))),
      ),
    )
    .map(({ name }) => `NetworkPolicy ${name}`);
}

function selects(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isIn = value !== undefined && values.includes(value);
      return operator === 'In' ? isIn : !isIn;
    })
  );
}

/** The name of a port may stand for any. */
function isAmong(number: number, { port, endPort }: Port): boolean {
  if (typeof port !== 'number') return true;
  return port <= number && number <= (endPort ?? port);
}

/** An address that no pod has is met by blocks only. */
function reaches({ ipBlock }: Peer, address: string): boolean {
  if (ipBlock === undefined) return false;
  return inBlock(address, ipBlock.cidr) && !(ipBlock.except ?? []).some((x) => inBlock(address, x));
}

function inBlock(address: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/');
  if (base.includes(':')) return false;
  const shift = 2 ** (32 - Number(bits));
  return Math.floor(asNumber(address) / shift) === Math.floor(asNumber(base) / shift);
}

function asNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
import type { KubeObject } from '@tenantry/plan';
