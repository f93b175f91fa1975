import { existsSync } from 'node:fs';
import { hostNamespace, quantityValue, SYNCED_LABEL, type Volume } from '@tenantry/tenants';
import type { KubeObject, ObjectOf } from '@tenantry/plan';
import type { V1PersistentVolumeClaim } from '@tenantry/kube-library';
import { readByHost } from '../dist/read.ts';
import { eachHost } from '../deploy/each-host.ts';
import { messageOf, UsageError } from '../cli/errors.ts';
import { findHost } from '../cluster/host.ts';
import { getObjects } from '../tools/kubectl.ts';
import type { Context } from '../cli/run-main.ts';

const PREFIX = hostNamespace('');

/** What could be learnt of volumes. */
export interface FoundVolumes {
  /** Null where they are not known. */
  readonly volumes: readonly Volume[] | null;
  /** Why they are not known. */
  readonly why: string;
  /** What failed, where a cluster was there to be asked. */
  readonly error: Error | null;
}

/**
 * The volumes that the hosts have of their tenants. Without a host on this machine they are not known;
 * a host that was asked and did not answer is an error beside it.
 */
export async function readVolumes(
  context: Pick<Context, 'workspace' | 'report' | 'signal'>,
): Promise<FoundVolumes> {
  const { dist } = context.workspace;
  const unknown = (why: string, error: Error | null = null) => ({ volumes: null, why, error });
  if (!existsSync(dist)) return unknown('there is no dist/ that names a host');
  try {
    const { done, failure } = await eachHost(readByHost(dist, [], undefined), (host) =>
      volumesOn(context, host.context),
    );
    // Where one host is away, what the others hold is no sum.
    if (failure !== null) throw failure;
    return { volumes: done.flat(), why: '', error: null };
  } catch (error) {
    if (context.signal.aborted) throw error;
    const [why = ''] = messageOf(error).split('\n');
    if (error instanceof UsageError) return unknown(why);
    return unknown(why, error instanceof Error ? error : new Error(messageOf(error)));
  }
}

async function volumesOn(
  context: Pick<Context, 'workspace' | 'report' | 'signal'>,
  named: string,
): Promise<readonly Volume[]> {
  const host = await findHost(context, named);
  const claims = ['persistentvolumeclaims', '--all-namespaces'];
  // The control planes' own volumes have no such label.
  const selector = ['--selector', SYNCED_LABEL];
  return volumesOf(await getObjects(host.$, host.target, [...claims, ...selector]));
}

/** The volumes behind claims of the host, by tenant. @throws UnreadableQuantity */
export function volumesOf(claims: readonly KubeObject[]): readonly Volume[] {
  return claims.flatMap((claim) => {
    const { metadata, spec, status } = claim as ObjectOf<V1PersistentVolumeClaim>;
    const { name, namespace = '', creationTimestamp = '' } = metadata;
    if (!namespace.startsWith(PREFIX)) return [];
    const capacity = status?.capacity?.['storage'];
    const requested = spec?.resources?.requests?.['storage'];
    const place = `PersistentVolumeClaim ${namespace}/${name}`;
    const size =
      capacity === undefined
        ? quantityValue(requested, `${place}: spec.resources.requests.storage`)
        : quantityValue(capacity, `${place}: status.capacity.storage`);
    return [
      { id: namespace.slice(PREFIX.length), bytes: size, since: Date.parse(creationTimestamp) },
    ];
  });
}
