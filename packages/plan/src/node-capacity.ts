import { quantityMilliValue, quantityValue } from '@tenantry/tenants';
import type { KubeObject } from './kube-object.ts';

/** Thousandths of a CPU, bytes, pods. */
interface Room {
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
}

type Amounts = Readonly<Record<string, string>>;

/**
 * Whether some node of the host has room for one more pod: what its pods request, taken from what
 * it offers. Nodes that take no pods do not count.
 * @throws UnreadableQuantity
 */
export function hasRoom(
  nodes: readonly KubeObject[],
  pods: readonly KubeObject[],
  needed: { readonly cpu: number; readonly memory: number },
): boolean {
  const byNode = Map.groupBy(pods.filter(isAlive), (pod) => (pod['spec'] as PodSpec).nodeName);
  return nodes.filter(takesPods).some((node) => {
    const { allocatable = {} } = (node['status'] ?? {}) as { allocatable?: Amounts };
    const used = (byNode.get(node.metadata.name) ?? []).map(requestsOf);
    const place = `Node ${node.metadata.name}: status.allocatable`;
    const free = used.reduce(minus, {
      ...roomOf(allocatable, place),
      pods: quantityValue(allocatable['pods'] ?? '0', `${place}.pods`),
    });
    return free.cpu >= needed.cpu && free.memory >= needed.memory && free.pods >= 1;
  });
}

interface PodSpec {
  readonly nodeName?: string;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly resources?: { readonly requests?: Amounts };
}

function isAlive({ status }: KubeObject): boolean {
  const { phase } = (status ?? {}) as { phase?: string };
  return phase !== 'Succeeded' && phase !== 'Failed';
}

function takesPods({ spec }: KubeObject): boolean {
  const { unschedulable = false, taints = [] } = (spec ?? {}) as {
    unschedulable?: boolean;
    taints?: readonly { readonly effect: string }[];
  };
  return !unschedulable && taints.every(({ effect }) => effect === 'PreferNoSchedule');
}

/** What the scheduler counts: the containers together, or the largest that runs before them. */
function requestsOf(pod: KubeObject): Room {
  const { containers, initContainers = [] } = pod['spec'] as PodSpec;
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  const { namespace, name } = pod.metadata;
  const requested = (container: Container) =>
    roomOf(
      container.resources?.requests ?? {},
      `Pod ${namespace}/${name}: container ${container.name}: resources.requests`,
    );
  const together = [...containers, ...sidecars].map(requested);
  const before = initContainers.map(requested);
  const most = (key: 'cpu' | 'memory') =>
    Math.max(
      together.reduce((total, room) => total + room[key], 0),
      ...before.map((room) => room[key]),
    );
  return { cpu: most('cpu'), memory: most('memory'), pods: 1 };
}

function roomOf(
  amounts: Amounts,
  place: string,
): { readonly cpu: number; readonly memory: number } {
  return {
    cpu: quantityMilliValue(amounts['cpu'] ?? '0', `${place}.cpu`),
    memory: quantityValue(amounts['memory'] ?? '0', `${place}.memory`),
  };
}

function minus(a: Room, b: Room): Room {
  return { cpu: a.cpu - b.cpu, memory: a.memory - b.memory, pods: a.pods - b.pods };
}
