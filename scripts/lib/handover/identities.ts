import { type KubeObject, type ObjectOf, referenceOf } from '@tenantry/plan';
import type { V1Pod } from '@tenantry/kube-library';
import { hostNamespace } from '@tenantry/tenants';
import type { Connections } from '../cluster/connections.ts';
import type { DistRead } from '../deploy/make-plan.ts';
import type { KubeClient } from '../kube/client.ts';
import { list, read } from '../kube/requests.ts';

/** By which an object is known as the same one, and a pod as one that has not been started anew. */
export interface Identity {
  readonly uid: string;
  readonly restarts: number;
}

/** By where they are and their references: `host v1 Pod vcluster-tenant-alice/tenant-alice-0`. */
export type Identities = ReadonlyMap<string, Identity>;

/** What a tenant's namespace on the host holds beside what dist/ has. */
const KINDS: readonly (readonly [string, string])[] = [
  ['v1', 'ConfigMap'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'Secret'],
  ['v1', 'Service'],
  ['v1', 'ServiceAccount'],
  ['apps/v1', 'StatefulSet'],
  ['rbac.authorization.k8s.io/v1', 'Role'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
];

/** All objects of the tenants on the host, those of dist/ in their own clusters, what all share. */
export async function identitiesOf(
  connections: Connections,
  { hostWide, tenants }: Pick<DistRead, 'hostWide' | 'tenants'>,
): Promise<Identities> {
  const { host } = connections;
  const namespaces = new Set(tenants.map(({ id }) => hostNamespace(id)));
  const kinds = new Map(
    [...KINDS, ...tenants.flatMap(({ hostObjects }) => hostObjects).map(kindOf)].map(
      (kind) => [kind.join(' '), kind] as const,
    ),
  );
  const lists = await Promise.all([
    ...[...kinds.values()].map(([apiVersion, kind]) =>
      list(host, { apiVersion, kind, metadataOnly: true }),
    ),
    list(host, { kind: 'Pod' }),
  ]);
  const onHost = lists.flat().filter(
    ({ kind, metadata }) =>
      namespaces.has((kind === 'Namespace' ? metadata.name : metadata.namespace) ?? '') &&
      // Each revision of a release has one.
      metadata.labels?.['owner'] !== 'helm',
  );
  const inside = await Promise.all(
    tenants
      .filter(({ state }) => state === 'active')
      .map(async ({ id, virtualObjects }) => {
        const client = await connections.virtual(id);
        return client === null ? [] : named(id, await readAll(client, virtualObjects));
      }),
  );
  return new Map([
    ...named('host', [...onHost, ...(await readAll(host, hostWide))]),
    ...inside.flat(),
  ]);
}

function kindOf({ apiVersion, kind }: KubeObject): readonly [string, string] {
  return [apiVersion, kind];
}

async function readAll(
  client: KubeClient,
  objects: readonly KubeObject[],
): Promise<readonly KubeObject[]> {
  const found = await Promise.all(objects.map((object) => read(client, object)));
  return found.filter((object) => object !== null);
}

function named(
  where: string,
  objects: readonly KubeObject[],
): readonly (readonly [string, Identity])[] {
  return objects.map((object) => [
    `${where} ${referenceOf(object)}`,
    { uid: object.metadata.uid ?? '', restarts: restartsOf(object) },
  ]);
}

function restartsOf(object: KubeObject): number {
  if (object.kind !== 'Pod') return 0;
  const { containerStatuses = [], initContainerStatuses = [] } =
    (object as ObjectOf<V1Pod>).status ?? {};
  return [...containerStatuses, ...initContainerStatuses].reduce(
    (sum, { restartCount }) => sum + restartCount,
    0,
  );
}

/** What is gone since, made anew or started anew; what is new is no loss. */
export function lossesBetween(before: Identities, after: Identities): readonly string[] {
  return [...before].flatMap(([name, { uid, restarts }]) => {
    const there = after.get(name);
    if (there === undefined) return [`${name} is gone`];
    if (there.uid !== uid) return [`${name} was made anew`];
    return there.restarts > restarts ? [`${name} was started anew`] : [];
  });
}
