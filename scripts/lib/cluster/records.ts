import {
  EMPTY_RECORD,
  formerInventoryReference,
  inventoryObject,
  type KubeObject,
  memoryData,
  objectOf,
  parseFormerInventory,
  parseInventory,
  parseMemory,
  parseRecords,
  type ReleaseName,
  type ReleaseRecords,
  type TenantRecord,
} from '@tenantry/plan';
import {
  FORMER_INVENTORY_NAME,
  hostNamespace,
  inventoryName,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  SYSTEM_NAMESPACE,
  vclusterName,
} from '@tenantry/tenants';
import type { KubeClient } from '../kube/client.ts';
import { list, read, remove } from '../kube/requests.ts';

/** The ConfigMap in SYSTEM_NAMESPACE that says of what the host-wide objects were applied from. */
const HOST_WIDE_NAME = 'host-wide';

export interface Records {
  readonly hostWide: TenantRecord;
  readonly tenants: ReadonlyMap<string, TenantRecord>;
}

/** Reads what deploy has noted out of the ConfigMaps that bear our label. */
export function recordsOf(ids: readonly string[], configMaps: readonly KubeObject[]): Records {
  const byName = new Map(
    configMaps.map((object) => [`${object.metadata.namespace}/${object.metadata.name}`, object]),
  );
  return {
    hostWide: recordOf(byName.get(`${SYSTEM_NAMESPACE}/${HOST_WIDE_NAME}`)),
    tenants: new Map(
      ids.map((id) => {
        const current = byName.get(`${SYSTEM_NAMESPACE}/${inventoryName(id)}`);
        if (current !== undefined) return [id, recordOf(current)];
        const former = byName.get(`${hostNamespace(id)}/${FORMER_INVENTORY_NAME}`);
        return [
          id,
          former === undefined
            ? EMPTY_RECORD
            : { ...EMPTY_RECORD, ...parseFormerInventory(id, former), former: true },
        ];
      }),
    ),
  };
}

/** The same of one tenant, asked of the host. @throws ApiError */
export async function readRecord(host: KubeClient, id: string): Promise<TenantRecord> {
  const places = [recordObject(id, EMPTY_RECORD), objectOf(formerInventoryReference(id))];
  const found = await Promise.all(places.map((object) => read(host, object)));
  const { tenants } = recordsOf(
    [id],
    found.filter((object) => object !== null),
  );
  return tenants.get(id) ?? EMPTY_RECORD;
}

/** Removes what is noted of a tenant that has ended. @throws ApiError */
export function removeRecord(host: KubeClient, id: string): Promise<void> {
  return remove(host, recordObject(id, EMPTY_RECORD));
}

/** What Helm has kept of a release, in its own namespace or in another. @throws ApiError */
export async function readReleaseRecords(
  host: KubeClient,
  release: ReleaseName,
  namespace: string = release.namespace,
): Promise<ReleaseRecords> {
  const { name } = release;
  const selector = `owner=helm,name=${name}`;
  return parseRecords(await list(host, { kind: 'Secret', namespace, selector }), release);
}

/** Removes what Helm has kept in a namespace of a tenant's release, the newest last. @throws ApiError */
export async function removeReleaseRecords(
  host: KubeClient,
  id: string,
  namespace: string,
): Promise<void> {
  const selector = `owner=helm,name=${vclusterName(id)}`;
  const records = await list(host, { kind: 'Secret', namespace, selector, metadataOnly: true });
  const revisionOf = ({ metadata }: KubeObject) => Number(metadata.labels?.['version']);
  // Whoever takes up what was interrupted goes by the newest that there is.
  for (const record of records.toSorted((a, b) => revisionOf(a) - revisionOf(b))) {
    await remove(host, record);
  }
}

function recordOf(object: KubeObject | undefined): TenantRecord {
  return {
    ...EMPTY_RECORD,
    inventory: parseInventory(object),
    ...parseMemory(object),
    version: object?.metadata.resourceVersion ?? null,
  };
}

/** The ConfigMap that keeps what is noted of a tenant. */
export function recordObject(
  id: string,
  { inventory, applied, release }: Pick<TenantRecord, 'inventory' | 'applied' | 'release'>,
): KubeObject {
  const object = inventoryObject(id, inventory);
  return { ...object, data: { ...(object['data'] as object), ...memoryData(applied, release) } };
}

/** The ConfigMap that keeps what is noted of the host-wide objects. */
export function hostWideRecordObject({ applied }: Pick<TenantRecord, 'applied'>): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: HOST_WIDE_NAME,
      namespace: SYSTEM_NAMESPACE,
      labels: { [MANAGED_BY_LABEL]: MANAGED_BY },
    },
    data: memoryData(applied, null),
  };
}
