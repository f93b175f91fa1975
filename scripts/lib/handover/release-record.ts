import {
  EMPTY_RECORD,
  type Inventory,
  inventoryOf,
  type KubeObject,
  placeOf,
  recordName,
  union,
} from '@tenantry/plan';
import { FLUX_NAMESPACE } from '@tenantry/tenants';
import { readRecord, readReleaseRecords, removeReleaseRecords } from '../cluster/records.ts';
import { createNotes } from '../deploy/notes.ts';
import type { TenantDist } from '../dist/read.ts';
import type { KubeClient } from '../kube/client.ts';
import { apply, read } from '../kube/requests.ts';

/** Removes the records of a tenant's release that lie in its own namespace. @throws ApiError */
export async function removeFormerRecords(host: KubeClient, id: string): Promise<void> {
  await removeReleaseRecords(host, id, placeOf(id).namespace);
}

/**
 * Notes all that deploy may prune of a tenant from now on: what dist/ has, what deploy knew of, and
 * what Flux has applied. @throws ApiError
 */
export async function takeInventory(
  host: KubeClient,
  { id, hostObjects, virtualObjects }: TenantDist,
  applied: Pick<Inventory, 'host' | 'virtual'>,
): Promise<void> {
  const { inventory } = await readRecord(host, id);
  const known = union(inventory, { ...applied, release: null });
  const next = union(inventoryOf(hostObjects, virtualObjects), known);
  await createNotes(host, id, EMPTY_RECORD).store({ ...next, release: null });
}

/**
 * Brings the record of a tenant's release from Flux to where deploy has it, and notes that it is as
 * deploy would have left it. @throws ApiError
 */
export async function takeRecord(host: KubeClient, { id }: Pick<TenantDist, 'id'>): Promise<void> {
  const place = placeOf(id);
  const { newest } = await readReleaseRecords(host, place, FLUX_NAMESPACE);
  if (newest === null) return;
  const name = recordName(place, newest.revision);
  const secret = await read(host, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: FLUX_NAMESPACE },
  });
  if (secret === null) throw new TypeError(`${FLUX_NAMESPACE}/${name} was there, and is gone`);
  await removeFormerRecords(host, id);
  await apply(host, copyOf(secret, place.namespace), { force: true });
  const { inventory } = await readRecord(host, id);
  await createNotes(host, id, EMPTY_RECORD).store({ ...inventory, release: newest.digest });
  await removeReleaseRecords(host, id, FLUX_NAMESPACE);
}

function copyOf({ metadata, ...secret }: KubeObject, namespace: string): KubeObject {
  const { name, labels } = metadata;
  return { ...secret, metadata: { name, namespace, ...(labels !== undefined && { labels }) } };
}
