import type { V1StatefulSet } from '@kubernetes/client-node';
import { hostNamespace, TENANT_LABEL, vclusterName } from '@tenantry/tenants';
import type { KubeObject, ObjectOf } from './kube-object.ts';
import { describeDrift } from './describe.ts';
import { foreignPauses } from './pause-drift.ts';
import type { TenantPlan } from './plan-tenant.ts';
import { isReady, type Pod } from './pod.ts';
import { hostnamesOf, isRoute, routeFaults } from './route.ts';
import { immutableChanges } from './preconditions.ts';
import type { WantedTenant } from './wanted.ts';

/** A tenant as dist/ wants it and as the host shows it. */
export interface TenantStatus {
  readonly id: string;
  /** `none` for an orphan. */
  readonly wanted: WantedTenant['state'] | 'none';
  readonly seen: 'running' | 'starting' | 'paused' | 'absent';
  /** Version of the vcluster chart; null where there is none. */
  readonly version: string | null;
  /** Where it is reached through the host's Gateway. */
  readonly hostnames: readonly string[];
  /** The tenant's own pods: ready ones of all. */
  readonly pods: { readonly ready: number; readonly all: number };
  /** ISO time of the namespace; null where there is none. */
  readonly since: string | null;
  /** What is not as dist/ says; empty where all is well. */
  readonly drift: readonly string[];
}

/**
 * Compares what dist/ wants with what the host shows; orphans come last. `unpaid` has the last paid
 * day of those for whom it is over.
 */
export function tenantStatuses(
  tenants: readonly WantedTenant[],
  seen: readonly KubeObject[],
  unpaid: ReadonlyMap<string, string> = new Map(),
): readonly TenantStatus[] {
  const byNamespace = Map.groupBy(seen, ({ kind, metadata }) =>
    kind === 'Namespace' ? metadata.name : (metadata.namespace ?? ''),
  );
  const known = new Set(tenants.map(({ id }) => id));
  const orphans = seen
    .filter(({ kind }) => kind === 'Namespace')
    .map(({ metadata }) => metadata.labels?.[TENANT_LABEL] ?? '')
    .filter((id) => !known.has(id));
  return [
    ...tenants.map((tenant) => {
      const objects = byNamespace.get(hostNamespace(tenant.id)) ?? [];
      const status = statusOf(tenant.id, tenant, objects);
      return { ...status, drift: [...status.drift, ...unpaidDrift(status, unpaid)] };
    }),
    ...orphans.sort().map((id) => statusOf(id, null, byNamespace.get(hostNamespace(id)) ?? [])),
  ];
}

/** The same with every drift that a deploy would mend, and with what could not be compared. */
export function withPlanned(
  statuses: readonly TenantStatus[],
  tenants: readonly TenantPlan[],
): readonly TenantStatus[] {
  const plans = new Map(tenants.map((tenant) => [tenant.id, tenant]));
  return statuses.map((status) => {
    const planned = plans.get(status.id);
    if (planned === undefined || status.seen === 'absent') return status;
    const { changes, unseen } = planned;
    const more = [
      ...changes.flatMap(describeDrift),
      ...(unseen === null ? [] : [`its own cluster could not be compared: ${unseen}`]),
    ];
    return { ...status, drift: [...new Set([...status.drift, ...more])] };
  });
}

type StatefulSet = ObjectOf<V1StatefulSet>;

function statusOf(
  id: string,
  tenant: WantedTenant | null,
  objects: readonly KubeObject[],
): TenantStatus {
  const namespace = objects.find(({ kind }) => kind === 'Namespace');
  const statefulSet = objects.find(({ kind }) => kind === 'StatefulSet');
  const pods = objects.filter(
    (object): object is Pod =>
      object.kind === 'Pod' && object.metadata.labels?.['app'] !== 'vcluster',
  );
  const seen = seenState(statefulSet);
  const version = statefulSet?.metadata.labels?.['chart']?.replace(/^vcluster-/, '') ?? null;
  return {
    id,
    wanted: tenant?.state ?? 'none',
    seen,
    version,
    hostnames: tenant === null ? [] : hostnamesOf(tenant.hostObjects),
    pods: { ready: pods.filter(isReady).length, all: pods.length },
    since: namespace?.metadata.creationTimestamp ?? null,
    drift:
      tenant === null
        ? ['orphan: live, but not in dist/']
        : [
            ...(namespace?.metadata.deletionTimestamp === undefined
              ? []
              : ['namespace is being deleted']),
            ...driftOf(tenant, seen, version, statefulSet, pods),
            ...objects.filter(isRoute).flatMap(routeFaults),
            ...immutableChanges(statefulSet, tenant.values).map(
              ({ value, live, wanted }) =>
                `deploy refuses: ${value} is ${JSON.stringify(live)}, not ${JSON.stringify(wanted)}`,
            ),
          ],
  };
}

function seenState(statefulSet: StatefulSet | undefined): TenantStatus['seen'] {
  if (statefulSet === undefined) return 'absent';
  if (statefulSet.spec?.replicas === 0) return 'paused';
  return (statefulSet.status?.readyReplicas ?? 0) > 0 ? 'running' : 'starting';
}

function driftOf(
  tenant: WantedTenant,
  seen: TenantStatus['seen'],
  version: string | null,
  statefulSet: StatefulSet | undefined,
  pods: readonly Pod[],
): readonly string[] {
  if (seen === 'absent') return ['not deployed'];
  const drift: string[] = [];
  if (tenant.state === 'active' && seen === 'paused') drift.push('scaled to zero, but active');
  if (tenant.state !== 'active' && seen !== 'paused') drift.push(`${tenant.state}, but running`);
  if (tenant.state !== 'active' && pods.length > 0)
    drift.push(`${tenant.state}, but has ${pods.length} pods`);
  if (version !== tenant.chartVersion) drift.push(`chart ${version}, not ${tenant.chartVersion}`);
  if (foreignPauses(statefulSet).length > 0) {
    drift.push(`paused by \`vcluster pause ${vclusterName(tenant.id)}\``);
  }
  const all = Object.values(tenant.images);
  // A pod that is ending is what a rollout has just replaced.
  const others = pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap(({ spec }) => spec?.containers.map(({ image = '' }) => image) ?? [])
    .filter((image) => !all.includes(image));
  for (const wanted of all) {
    const other = others.find((image) => repositoryOf(image) === repositoryOf(wanted));
    if (other !== undefined) drift.push(`runs ${other}, not ${wanted}`);
  }
  return drift;
}

/** An image's name without its tag or digest. */
function repositoryOf(image: string): string {
  return image.replace(/(:[^:/@]*)?(@.*)?$/, '');
}

function unpaidDrift(
  { id, seen }: TenantStatus,
  unpaid: ReadonlyMap<string, string>,
): readonly string[] {
  const paidThrough = unpaid.get(id);
  if (paidThrough === undefined || seen === 'paused' || seen === 'absent') return [];
  return [`paid through ${paidThrough}, but running`];
}
