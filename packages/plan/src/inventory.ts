import {
  FORMER_INVENTORY_NAME,
  hostLabels,
  hostNamespace,
  inventoryName,
  SYSTEM_NAMESPACE,
  SYSTEM_NAMESPACE_LABELS,
  vclusterName,
} from '@tenantry/tenants';
import { type KubeObject, partsOf, referenceOf } from './kube-object.ts';

/** What deploy has applied for a tenant: what it may prune, and what it knows of the release. */
export interface Inventory {
  /** References of objects in the tenant's host namespace, sorted. */
  readonly host: readonly string[];
  /** References of objects in the tenant's own cluster, sorted. */
  readonly virtual: readonly string[];
  /** Digest of the Helm record that deploy's last upgrade left; null where it is not known. */
  readonly release: string | null;
}

export const EMPTY_INVENTORY: Inventory = { host: [], virtual: [], release: null };

/** The kinds that dist/<id>/host has, but for the Namespace: with it everything would go. */
const HOST_KINDS = new Set([
  'v1 LimitRange',
  'v1 ResourceQuota',
  'networking.k8s.io/v1 NetworkPolicy',
  'gateway.networking.k8s.io/v1 HTTPRoute',
]);

/** What a tenant has in our own namespace, by its own name: it says where its route may lead. */
const GRANT = 'gateway.networking.k8s.io/v1beta1 ReferenceGrant';

/** The kinds that dist/<id>/virtual had while inventories lay in the tenant's namespace. */
const FORMER_VIRTUAL_KINDS = new Set(['v1 ConfigMap', 'v1 Service', 'apps/v1 Deployment']);

/** What deploy applies for a tenant. */
export function inventoryOf(
  host: readonly KubeObject[],
  virtual: readonly KubeObject[],
  release: string | null = null,
): Inventory {
  const references = (objects: readonly KubeObject[]) =>
    objects
      .filter(({ kind }) => kind !== 'Namespace')
      .map(referenceOf)
      .sort();
  return { host: references(host), virtual: references(virtual), release };
}

/** Forgets nothing; the release is `a`'s where it has one. */
export function union(a: Inventory, b: Inventory): Inventory {
  const merge = (x: readonly string[], y: readonly string[]) => [...new Set([...x, ...y])].sort();
  return {
    host: merge(a.host, b.host),
    virtual: merge(a.virtual, b.virtual),
    release: a.release ?? b.release,
  };
}

/** What is to be deleted, and what an inventory names that is not the tenant's to lose. */
export interface Pruning {
  readonly host: readonly string[];
  readonly virtual: readonly string[];
  readonly refused: readonly string[];
}

/**
 * What `old` has and `current` has not. On the host only what deploy may have made there for this
 * tenant; in the tenant's own cluster no namespace.
 */
export function toPrune(id: string, old: Inventory, current: Inventory): Pruning {
  const without = (x: readonly string[], y: readonly string[]) =>
    x.filter((reference) => !y.includes(reference));
  const host = without(old.host, current.host);
  const virtual = without(old.virtual, current.virtual);
  const isVirtual = (reference: string) => partsOf(reference)?.kind !== 'v1 Namespace';
  return {
    host: host.filter((reference) => isOnHost(id, reference)),
    virtual: virtual.filter(isVirtual),
    refused: [
      ...host.filter((reference) => !isOnHost(id, reference)),
      ...virtual.filter((reference) => !isVirtual(reference)),
    ],
  };
}

/** Whether a reference is of an object that deploy may have made on the host for a tenant. */
export function isOnHost(id: string, reference: string): boolean {
  const parts = partsOf(reference);
  return (
    (parts?.namespace === hostNamespace(id) && HOST_KINDS.has(parts.kind)) || isGrant(id, reference)
  );
}

function isGrant(id: string, reference: string): boolean {
  return reference === `${GRANT} ${SYSTEM_NAMESPACE}/${vclusterName(id)}`;
}

/** What an inventory names that does not end with the tenant's namespace. */
export function outlastingNamespace(id: string, { host }: Inventory): readonly string[] {
  return host.filter((reference) => isGrant(id, reference));
}

/** The namespace of the inventories; admits no pods but restricted ones. */
export function systemNamespaceObject(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: SYSTEM_NAMESPACE, labels: SYSTEM_NAMESPACE_LABELS },
  };
}

/** The ConfigMap that keeps an inventory. */
export function inventoryObject(id: string, { host, virtual, release }: Inventory): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: inventoryName(id), namespace: SYSTEM_NAMESPACE, labels: hostLabels(id) },
    data: { host: host.join('\n'), virtual: virtual.join('\n'), release: release ?? '' },
  };
}

/** Reads the ConfigMap back. */
export function parseInventory(object: KubeObject | undefined): Inventory {
  const data = (object?.['data'] ?? {}) as Readonly<Record<string, string | undefined>>;
  const lines = (text = '') => text.split('\n').filter((line) => line !== '');
  return {
    host: lines(data['host']),
    virtual: lines(data['virtual']),
    release: data['release'] || null,
  };
}

/**
 * Reads an inventory that lies where the tenant's syncer can write: of it only what deploy could
 * have written there is taken; the rest is `refused`.
 */
export function parseFormerInventory(
  id: string,
  object: KubeObject | undefined,
): { readonly inventory: Inventory; readonly refused: readonly string[] } {
  const { host, virtual } = parseInventory(object);
  const isVirtual = (reference: string) => FORMER_VIRTUAL_KINDS.has(partsOf(reference)?.kind ?? '');
  return {
    inventory: {
      host: host.filter((reference) => isOnHost(id, reference)),
      virtual: virtual.filter(isVirtual),
      release: null,
    },
    refused: [
      ...host.filter((reference) => !isOnHost(id, reference)),
      ...virtual.filter((reference) => !isVirtual(reference)),
    ],
  };
}

/** Where the former inventory of a tenant lies. */
export function formerInventoryReference(id: string): string {
  return `v1 ConfigMap ${hostNamespace(id)}/${FORMER_INVENTORY_NAME}`;
}
