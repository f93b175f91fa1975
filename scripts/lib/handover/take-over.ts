import type { KubeObject } from '@tenantry/plan';
import pLimit from 'p-limit';
import { FIELD_MANAGER } from '@tenantry/tenants';
import type { KubeClient } from '../kube/client.ts';
import { mergePatch, read } from '../kube/requests.ts';
import { takenOver } from './managed-fields.ts';

/** What Flux calls itself where it applies. */
const FLUX_MANAGER = 'kustomize-controller';
/** How many objects are looked at at a time. */
const CONCURRENCY = 16;

/** Makes ours what Flux has applied of some objects. @throws ApiError */
export async function takeOver(client: KubeClient, objects: readonly KubeObject[]): Promise<void> {
  const limit = pLimit(CONCURRENCY);
  await Promise.all(
    objects.map((object) =>
      limit(async () => {
        const there = await read(client, object);
        const { managedFields = [], resourceVersion } = there?.metadata ?? {};
        const next = takenOver(managedFields, FLUX_MANAGER, FIELD_MANAGER);
        if (next === null) return;
        await mergePatch(client, object, { metadata: { managedFields: next, resourceVersion } });
      }),
    ),
  );
}
