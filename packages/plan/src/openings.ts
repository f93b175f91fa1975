import type { V1NetworkPolicy, V1Node } from '@kubernetes/client-node';
import { EGRESS_POLICY, NAMESERVERS_POLICY, overlaps } from '@tenantry/tenants';
import type { KubeObject, ObjectOf } from './kube-object.ts';
import type { Obstacle } from './preconditions.ts';
import type { WantedTenant } from './wanted.ts';

/** Ports of a block of addresses outside of the cluster, open to a tenant's pods. */
export interface Opening {
  readonly cidr: string;
  readonly ports: readonly number[];
}

/** What a tenant's objects on the host open by its plan's egress. */
export function egressOf(hostObjects: readonly KubeObject[]): readonly Opening[] {
  return openingsOf(hostObjects, EGRESS_POLICY);
}

/** The addresses of the name servers of a tenant's plan. */
export function nameserversOf(hostObjects: readonly KubeObject[]): readonly string[] {
  return openingsOf(hostObjects, NAMESERVERS_POLICY).map(({ cidr }) => cidr.replace(/\/32$/, ''));
}

function openingsOf(hostObjects: readonly KubeObject[], name: string): readonly Opening[] {
  return hostObjects
    .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name)
    .flatMap((policy) => (policy as ObjectOf<V1NetworkPolicy>).spec?.egress ?? [])
    .flatMap(({ to = [], ports = [] }) =>
      to.flatMap(({ ipBlock }) =>
        ipBlock === undefined
          ? []
          : [{ cidr: ipBlock.cidr, ports: ports.map(({ port }) => Number(port)) }],
      ),
    );
}

/** Whether anything outside of the cluster is open to one of the tenants. */
export function hasOpenings(tenants: readonly Pick<WantedTenant, 'hostObjects'>[]): boolean {
  return tenants.some(
    ({ hostObjects }) => egressOf(hostObjects).length + nameserversOf(hostObjects).length > 0,
  );
}

/** Addresses that the host cluster has for itself, as it shows them. */
export interface ClusterBlock {
  readonly cidr: string;
  readonly whose: string;
}

/** The addresses of nodes, and those that their pods have. */
export function nodeBlocks(nodes: readonly KubeObject[]): readonly ClusterBlock[] {
  return nodes.flatMap((node) => {
    const { metadata, spec, status } = node as ObjectOf<V1Node>;
    const { name } = metadata;
    return [
      ...(spec?.podCIDRs ?? []).map((cidr) => ({ cidr, whose: `pods of node ${name}` })),
      ...(status?.addresses ?? [])
        .filter(({ type }) => type.endsWith('IP'))
        .map(({ address }) => ({ cidr: `${address}/32`, whose: `node ${name}` })),
    ];
  });
}

/** What a tenant's plan would open of the host cluster itself; null where it opens nothing of it. */
export function openingObstacle(
  { id, hostObjects }: Pick<WantedTenant, 'id' | 'hostObjects'>,
  blocks: readonly ClusterBlock[],
): Obstacle | null {
  const opened = [
    ...egressOf(hostObjects).map(({ cidr }) => ({ cidr, key: 'egress' })),
    ...nameserversOf(hostObjects).map((address) => ({ cidr: `${address}/32`, key: 'nameservers' })),
  ];
  const found = opened.flatMap(({ cidr, key }) =>
    blocks
      .filter((block) => overlaps(cidr, block.cidr))
      .map((block) => `${key} leads to ${cidr}, and ${block.cidr} is ${block.whose}`),
  );
  if (found.length === 0) return null;
  return {
    what: `the plan of ${id} opens a way to the host cluster itself; nothing was written`,
    why: found.join('; '),
    todo: "name narrower blocks in tenants.json, and the cluster's own in host.clusterCidrs, then run pnpm synth",
  };
}
