import { isDeepStrictEqual } from 'node:util';
import { FIELD_MANAGER, inventoryName, SYSTEM_NAMESPACE } from '@tenantry/tenants';
import type { Host } from '../cluster/host.ts';
import { applyObjects, getSame, kubectl } from '../tools/kubectl.ts';
import {
  EMPTY_INVENTORY,
  formerInventoryReference,
  type Inventory,
  inventoryObject,
  type KubeObject,
  objectOf,
  parseFormerInventory,
  parseInventory,
  systemNamespaceObject,
} from '@tenantry/plan';

/** A tenant's inventory as the host has it. */
export interface StoredInventory {
  readonly inventory: Inventory;
  /** Whether it lies in the tenant's namespace, where deploy kept it before. */
  readonly former: boolean;
  /** What a former inventory names that deploy cannot have applied. */
  readonly refused: readonly string[];
}

/** A tenant's inventory out of objects of the host; empty where there is none. */
export function storedInventory(id: string, objects: readonly KubeObject[]): StoredInventory {
  const find = ({ metadata: { name, namespace } }: KubeObject) =>
    objects.find(
      ({ kind, metadata }) =>
        kind === 'ConfigMap' && metadata.name === name && metadata.namespace === namespace,
    );
  const current = find(inventoryObject(id, EMPTY_INVENTORY));
  if (current !== undefined) {
    return { inventory: parseInventory(current), former: false, refused: [] };
  }
  const former = find(objectOf(formerInventoryReference(id)));
  return { ...parseFormerInventory(id, former), former: former !== undefined };
}

/** The objects of which `storedInventory` reads an inventory. */
export function inventoryObjects(id: string): readonly KubeObject[] {
  return [inventoryObject(id, EMPTY_INVENTORY), objectOf(formerInventoryReference(id))];
}

/** @throws CommandError where it cannot be read */
export async function readInventory({ $, target }: Host, id: string): Promise<StoredInventory> {
  return storedInventory(id, await getSame($, target, inventoryObjects(id)));
}

/**
 * Writes a tenant's inventory where it differs, and removes the former one once it is written.
 * Returns what is stored from now on.
 */
export async function recordInventory(
  { $, target }: Host,
  id: string,
  stored: StoredInventory,
  inventory: Inventory,
): Promise<StoredInventory> {
  const isStored = !stored.former && isDeepStrictEqual(stored.inventory, inventory);
  if (isStored) return stored;
  const objects = [systemNamespaceObject(), inventoryObject(id, inventory)];
  await applyObjects($, target, objects, { fieldManager: FIELD_MANAGER, force: true });
  if (stored.former) {
    const former = JSON.stringify(objectOf(formerInventoryReference(id)));
    await kubectl($, target, ['delete', '--ignore-not-found', '-f', '-'], former);
  }
  return { inventory, former: false, refused: [] };
}

/** Removes the inventory of a tenant that has ended. */
export async function removeInventory({ $, target }: Host, id: string): Promise<void> {
  const where = ['-n', SYSTEM_NAMESPACE, 'configmap', inventoryName(id)];
  await kubectl($, target, ['delete', '--ignore-not-found', ...where]);
}
