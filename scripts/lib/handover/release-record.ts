import { EMPTY_RECORD, inventoryOf, type KubeObject, placeOf, recordName } from '@tenantry/plan';
import { FLUX_NAMESPACE } from '@tenantry/tenants';
import { readReleaseRecords, removeReleaseRecords } from '../cluster/records.ts';
import { createNotes } from '../deploy/notes.ts';
import type { TenantDist } from '../dist/read.ts';
import type { KubeClient } from '../kube/client.ts';
import { apply, read } from '../kube/requests.ts';

/** Removes the records of a tenant's release that lie in its own namespace. @throws ApiError */
export async function removeFormerRecords(host: KubeClient, id: string): Promise<void> {
  await removeReleaseRecords(host, id, placeOf(id).namespace);
}

/**
 * Brings the record of a tenant's release from Flux to where deploy has it, and notes it with all
 * that deploy may prune from now on. @throws ApiError
 */
export async function takeRecord(
  host: KubeClient,
  { id, hostObjects, virtualObjects }: TenantDist,
): Promise<void> {
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
  const notes = createNotes(host, id, EMPTY_RECORD);
  await notes.store(inventoryOf(hostObjects, virtualObjects, newest.digest));
  await removeReleaseRecords(host, id, FLUX_NAMESPACE);
}

function copyOf({ metadata, ...secret }: KubeObject, namespace: string): KubeObject {
  const { name, labels } = metadata;
  return { ...secret, metadata: { name, namespace, ...(labels !== undefined && { labels }) } };
}
