import { hostObjects, tenant } from './tenantry.ts';

/** Kinds that change only when somebody writes them; leases, events and status-only kinds are not. */
const HOST_KINDS =
  'namespaces,statefulsets,services,configmaps,secrets,serviceaccounts,roles,rolebindings,networkpolicies,limitranges';
const VIRTUAL_KINDS = 'deployments,services,configmaps';

/** What the syncer and leader elections write all the time. */
const BUSY = /-leader-|^kube-root-ca|lease/;

/** Versions of everything that a deploy may write for a tenant; equal only if nothing was written. */
export async function fingerprint(id: string): Promise<Readonly<Record<string, string>>> {
  const onHost = await hostObjects([HOST_KINDS, '-n', `vcluster-tenant-${id}`]);
  const namespaces = onHost.filter(
    ({ kind, metadata }) => kind !== 'Namespace' || metadata.name.endsWith(id),
  );
  const inside = JSON.parse(
    await tenant(id, ['get', VIRTUAL_KINDS, '-n', 'default', '-o', 'json']),
  ) as {
    items: typeof onHost;
  };
  return Object.fromEntries(
    [
      ...namespaces.map((object) => ['host', object] as const),
      ...inside.items.map((object) => ['virtual', object] as const),
    ]
      .filter(([, { metadata }]) => !BUSY.test(metadata.name))
      .map(([where, { kind, metadata }]) => [
        `${where} ${kind} ${metadata.name}`,
        // A Deployment's status moves with its pods; its generation only with its spec.
        kind === 'Deployment' || kind === 'StatefulSet'
          ? `${metadata.uid} ${String((metadata as { generation?: number }).generation)}`
          : `${metadata.uid} ${metadata.resourceVersion}`,
      ]),
  );
}
