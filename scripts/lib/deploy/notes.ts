import {
  type Applied,
  fingerprintOf,
  hashOf,
  type Inventory,
  keyOf,
  type KubeObject,
  type Layer,
  objectOf,
  formerInventoryReference,
  referenceOf,
  type ReleaseMark,
  systemNamespaceObject,
  type TenantRecord,
} from '@tenantry/plan';
import { recordObject } from '../cluster/records.ts';
import type { KubeClient } from '../kube/client.ts';
import { apply, remove } from '../kube/requests.ts';

/** What deploy notes of a tenant while it works: what it may prune, and what it left. */
export interface Notes {
  readonly applied: ReadonlyMap<string, Applied>;
  /** An object is now as it is wanted. */
  set(layer: Layer, wanted: KubeObject, live: KubeObject): void;
  forget(layer: Layer, reference: string): void;
  /** Nothing is known of the objects of a layer any more but what is set from now on. */
  clear(layer: Layer): void;
  setRelease(mark: ReleaseMark): void;
  /** Writes it all where it differs from what is stored. */
  store(inventory: Inventory): Promise<void>;
  current(inventory?: Inventory): TenantRecord;
}

export function createNotes(client: KubeClient, id: string, record: TenantRecord): Notes {
  const applied = new Map(record.applied);
  let { release, inventory, former } = record;
  let stored = former ? '' : hashOf(recordObject(id, record));
  return {
    applied,
    set(layer, wanted, live) {
      applied.set(keyOf(layer, referenceOf(wanted)), {
        from: hashOf(wanted),
        to: fingerprintOf(layer, live, wanted),
      });
    },
    forget: (layer, reference) => void applied.delete(keyOf(layer, reference)),
    clear(layer) {
      for (const key of applied.keys()) if (key.startsWith(`${layer} `)) applied.delete(key);
    },
    setRelease(mark) {
      release = mark;
    },
    async store(next) {
      inventory = { ...next, release: release?.digest ?? next.release };
      const object = recordObject(id, { inventory, applied, release });
      if (hashOf(object) === stored) return;
      await apply(client, systemNamespaceObject(), { force: true });
      await apply(client, object, { force: true });
      stored = hashOf(object);
      if (former) await remove(client, objectOf(formerInventoryReference(id)));
      former = false;
    },
    current: () => ({ ...record, inventory, applied, release, former }),
  };
}
