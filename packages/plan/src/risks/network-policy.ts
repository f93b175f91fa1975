import { isDeepStrictEqual } from 'node:util';
import type { V1NetworkPolicy, V1NetworkPolicyPort } from '@kubernetes/client-node';
import { covers, overlaps, valueAt } from '@tenantry/tenants';
import type { Json, KubeObject, ObjectOf } from '../kube-object.ts';
import { listAt } from '../value-at.ts';

type Policy = ObjectOf<V1NetworkPolicy>;
type Port = Json<V1NetworkPolicyPort>;

const DIRECTIONS = [
  { type: 'Ingress', rules: 'ingress', peers: 'from' },
  { type: 'Egress', rules: 'egress', peers: 'to' },
] as const;

/** What one rule allows: traffic with a peer on a port; undefined is any. */
interface Allowed {
  readonly peer: unknown;
  readonly port: Port | undefined;
}

/** What a NetworkPolicy lets through that it did not, a line each. Policies only add up. */
export function widened(before: KubeObject | null, after: KubeObject): readonly string[] {
  const typesBefore = before === null ? [] : policyTypes(before);
  const typesAfter = policyTypes(after);
  return [
    ...(before === null || isSameSelection(before, after) ? [] : ['it selects other pods']),
    ...typesBefore
      .filter((type) => !typesAfter.includes(type))
      .map((type) => `it says nothing of ${type} any more`),
    ...DIRECTIONS.flatMap(({ type, rules, peers }) => {
      const had = before === null ? [] : allowedBy(listAt(before, ['spec', rules]), peers);
      return allowedBy(listAt(after, ['spec', rules]), peers)
        .filter((allowed) => !had.some((other) => isWithin(allowed, other)))
        .map((allowed) => `${type} ${describe(allowed)} is new`);
    }),
  ];
}

/** A policy that selects all pods holds for those that another selection names, too. */
function isSameSelection(before: KubeObject, after: KubeObject): boolean {
  const now = valueAt(after, ['spec', 'podSelector']) ?? {};
  return (
    isDeepStrictEqual(valueAt(before, ['spec', 'podSelector']) ?? {}, now) ||
    isDeepStrictEqual(now, {})
  );
}

function policyTypes({ spec }: Policy): readonly string[] {
  return spec?.policyTypes ?? ['Ingress', ...(spec?.egress === undefined ? [] : ['Egress'])];
}

function allowedBy(rules: readonly unknown[], key: 'from' | 'to'): readonly Allowed[] {
  return rules.flatMap((rule) => {
    const peers = listAt(rule, [key]);
    const ports = listAt(rule, ['ports']) as readonly Port[];
    return (peers.length === 0 ? [undefined] : peers).flatMap((peer) =>
      (ports.length === 0 ? [undefined] : ports).map((port) => ({ peer, port })),
    );
  });
}

function isWithin(inner: Allowed, outer: Allowed): boolean {
  return isPeerWithin(inner.peer, outer.peer) && isPortWithin(inner.port, outer.port);
}

function isPeerWithin(inner: unknown, outer: unknown): boolean {
  if (outer === undefined || isDeepStrictEqual(inner, outer)) return true;
  const [small, large] = [inner, outer].map((peer) => valueAt(peer, ['ipBlock', 'cidr']));
  if (typeof small !== 'string' || typeof large !== 'string' || !covers(large, small)) return false;
  const kept = listAt(inner, ['ipBlock', 'except']).map(String);
  return listAt(outer, ['ipBlock', 'except'])
    .map(String)
    .every((hole) => !overlaps(hole, small) || kept.some((other) => covers(other, hole)));
}

function isPortWithin(inner: Port | undefined, outer: Port | undefined): boolean {
  if (outer === undefined) return true;
  if (inner === undefined || (inner.protocol ?? 'TCP') !== (outer.protocol ?? 'TCP')) return false;
  if (outer.port === undefined) return true;
  if (inner.port === undefined) return false;
  const [from, to] = [Number(outer.port), Number(outer.endPort ?? outer.port)];
  const [first, last] = [Number(inner.port), Number(inner.endPort ?? inner.port)];
  return inner.port === outer.port || (first >= from && last <= to);
}

function describe({ peer, port }: Allowed): string {
  const where = peer === undefined ? 'with anybody' : `with ${JSON.stringify(peer)}`;
  if (port === undefined) return `${where} on any port`;
  const { protocol = 'TCP', endPort } = port;
  const last = endPort === undefined ? '' : `–${endPort}`;
  return `${where} on ${protocol} ${port.port === undefined ? 'any' : `${port.port}${last}`}`;
}
