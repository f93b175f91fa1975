import type { V1Container, V1Node } from '@kubernetes/client-node';
import { quantityMilliValue, quantityValue } from '@tenantry/tenants';
import type { Json, KubeObject, ObjectOf } from './kube-object.ts';
import type { Pod } from './pod.ts';

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
  const byNode = Map.groupBy(pods.filter(isAlive), (pod) => (pod as Pod).spec?.nodeName);
  return nodes.filter(takesPods).some((node) => {
    const { allocatable = {} } = (node as ObjectOf<V1Node>).status ?? {};
    const used = (byNode.get(node.metadata.name) ?? []).map(requestsOf);
    const place = `Node ${node.metadata.name}: status.allocatable`;
    const free = used.reduce(minus, {
      ...roomOf(allocatable, place),
      pods: quantityValue(allocatable['pods'] ?? '0', `${place}.pods`),
    });
    return free.cpu >= needed.cpu && free.memory >= needed.memory && free.pods >= 1;
  });
}

function isAlive(pod: KubeObject): boolean {
  const { phase } = (pod as Pod).status ?? {};
  return phase !== 'Succeeded' && phase !== 'Failed';
}

function takesPods(node: KubeObject): boolean {
  const { unschedulable = false, taints = [] } = (node as ObjectOf<V1Node>).spec ?? {};
  return !unschedulable && taints.every(({ effect }) => effect === 'PreferNoSchedule');
}

/** What the scheduler counts: the containers together, or the largest that runs before them. */
function requestsOf(pod: KubeObject): Room {
  const { containers = [], initContainers = [] } = (pod as Pod).spec ?? {};
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  const { namespace, name } = pod.metadata;
  const requested = (container: Json<V1Container>) =>
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
