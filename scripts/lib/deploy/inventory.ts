import { hostLabels, hostNamespace, INVENTORY_NAME } from '@tenantry/tenants';
import type { Host } from '../cluster/host.ts';
import { getObjects, type KubeObject, referenceOf } from '../tools/kubectl.ts';

/** What deploy has applied for a tenant, and so may prune: references, sorted. */
export interface Inventory {
  readonly host: readonly string[];
  readonly virtual: readonly string[];
}

export const EMPTY_INVENTORY: Inventory = { host: [], virtual: [] };

/** A namespace is never pruned: with it everything would go. */
export function inventoryOf(
  host: readonly KubeObject[],
  virtual: readonly KubeObject[],
): Inventory {
  const references = (objects: readonly KubeObject[]) =>
    objects
      .filter(({ kind }) => kind !== 'Namespace')
      .map(referenceOf)
      .sort();
  return { host: references(host), virtual: references(virtual) };
}

export function union(a: Inventory, b: Inventory): Inventory {
  const merge = (x: readonly string[], y: readonly string[]) => [...new Set([...x, ...y])].sort();
  return { host: merge(a.host, b.host), virtual: merge(a.virtual, b.virtual) };
}

/** What `old` has and `current` has not. */
export function surplus(old: Inventory, current: Inventory): Inventory {
  const without = (x: readonly string[], y: readonly string[]) =>
    x.filter((reference) => !y.includes(reference));
  return { host: without(old.host, current.host), virtual: without(old.virtual, current.virtual) };
}

/** The ConfigMap that keeps an inventory in the tenant's host namespace. */
export function inventoryObject(id: string, { host, virtual }: Inventory): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: INVENTORY_NAME, namespace: hostNamespace(id), labels: hostLabels(id) },
    data: { host: host.join('\n'), virtual: virtual.join('\n') },
  };
}

/** A tenant's inventory as it is on the host; empty where there is none. */
export async function readInventory({ $, target }: Host, id: string): Promise<Inventory> {
  const where = ['-n', hostNamespace(id), 'configmap', INVENTORY_NAME];
  const [object] = await getObjects($, target, where);
  return parseInventory(object);
}

/** Reads the ConfigMap back. */
export function parseInventory(object: KubeObject | undefined): Inventory {
  const data = (object?.['data'] ?? {}) as Partial<Record<keyof Inventory, string>>;
  const lines = (text = '') => text.split('\n').filter((line) => line !== '');
  return { host: lines(data.host), virtual: lines(data.virtual) };
}

/** The least that names an object to kubectl. */
export function objectOf(reference: string): KubeObject {
  const [apiVersion = '', kind = '', path = ''] = reference.split(' ');
  const [first = '', second] = path.split('/');
  const metadata = second === undefined ? { name: first } : { namespace: first, name: second };
  return { apiVersion, kind, metadata };
}
