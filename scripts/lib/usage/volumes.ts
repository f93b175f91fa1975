import { existsSync } from 'node:fs';
import { hostNamespace, quantityValue, SYNCED_LABEL, type Volume } from '@tenantry/tenants';
import { hostContextOf, readTenants } from '../dist/read.ts';
import { messageOf } from '../cli/errors.ts';
import { findHost } from '../cluster/host.ts';
import { getObjects, type KubeObject } from '../tools/kubectl.ts';
import type { Context } from '../cli/run-main.ts';

const PREFIX = hostNamespace('');

/** The volumes that the host has of its tenants; where it cannot be asked, why. */
export async function readVolumes(
  context: Pick<Context, 'workspace' | 'report' | 'signal'>,
): Promise<readonly Volume[] | string> {
  const { dist } = context.workspace;
  if (!existsSync(dist)) return 'there is no dist/ that names a host';
  try {
    const host = await findHost(context, hostContextOf(readTenants(dist)));
    const claims = ['persistentvolumeclaims', '--all-namespaces'];
    // The control planes' own volumes have no such label.
    const selector = ['--selector', SYNCED_LABEL];
    return volumesOf(await getObjects(host.$, host.target, [...claims, ...selector]));
  } catch (error) {
    if (context.signal.aborted) throw error;
    return messageOf(error).split('\n')[0] ?? '';
  }
}

/** The volumes behind claims of the host, by tenant. @throws UnreadableQuantity */
export function volumesOf(claims: readonly KubeObject[]): readonly Volume[] {
  return claims.flatMap(({ metadata, spec, status }) => {
    const { name, namespace = '', creationTimestamp = '' } = metadata;
    if (!namespace.startsWith(PREFIX)) return [];
    const { capacity } = (status ?? {}) as { capacity?: { storage?: string } };
    const { resources } = (spec ?? {}) as { resources?: { requests?: { storage?: string } } };
    const place = `PersistentVolumeClaim ${namespace}/${name}`;
    const size =
      capacity?.storage === undefined
        ? quantityValue(resources?.requests?.storage, `${place}: spec.resources.requests.storage`)
        : quantityValue(capacity.storage, `${place}: status.capacity.storage`);
    return [
      { id: namespace.slice(PREFIX.length), bytes: size, since: Date.parse(creationTimestamp) },
    ];
  });
}
