import pLimit from 'p-limit';
import {
  ABSENT,
  type Answer,
  type Applied,
  appliedIn,
  type Dist,
  hashOf,
  isChartUnchanged,
  isOnHost,
  isReady,
  isReleaseKnown,
  isRoute,
  type KubeObject,
  type Layer,
  nextWrite,
  NOTHING_SEEN,
  objectOf,
  type ObjectsSeen,
  type Observed,
  type ObservedRelease,
  type ObservedTenant,
  type ObservedVirtual,
  placeOf,
  referenceOf,
  type TenantRecord,
  type WantedTenant,
  type Write,
  writesToTry,
  chartObjects,
  type ClusterBlock,
  hasOpenings,
  nodeBlocks,
} from '@tenantry/plan';
import {
  FLUX_NAMESPACE,
  hostNamespace,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  SYSTEM_NAMESPACE,
  TENANT_LABEL,
  TENANTS_SELECTOR,
  vclusterName,
} from '@tenantry/tenants';
import { messageOf } from '../cli/errors.ts';
import type { KubeClient } from '../kube/client.ts';
import { list, read, tryWrite } from '../kube/requests.ts';
import { asItIs, type Reveal } from '../secrets/reveal.ts';
import { apiAddresses } from './api-addresses.ts';
import type { Connections } from './connections.ts';
import { readReleaseRecords, recordsOf } from './records.ts';

export interface ObserveOptions {
  readonly reveal: Reveal;
  /** Say of a conflict how it would be if our fields were taken over. */
  readonly takeOver?: boolean;
}

/** How many questions are asked at a time: of the host, of each tenant's cluster, of tenants' clusters. */
const HOST_QUESTIONS = 12;
/** One connection answers all: another would be a port-forward of its own with another handshake. */
const VIRTUAL_QUESTIONS = 1;
const CLUSTERS = 16;

/** The kinds of the vcluster chart's objects; all of a release bear its label. */
const CHART_KINDS: readonly (readonly [string, string])[] = [
  ['v1', 'Secret'],
  ['v1', 'Service'],
  ['v1', 'ServiceAccount'],
  ['rbac.authorization.k8s.io/v1', 'Role'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
];
const CHART_SELECTOR = 'app=vcluster,release';

/** The kinds of dist/_host; all of ours of these kinds are known by their label. */
const HOST_WIDE_KINDS: readonly (readonly [string, string])[] = [
  ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy'],
  ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding'],
];

/** What the lists of a host say, for all of its tenants. */
interface HostLists {
  readonly hostWide: readonly KubeObject[];
  readonly namespaces: readonly KubeObject[];
  readonly configMaps: readonly KubeObject[];
  readonly ours: readonly KubeObject[];
  readonly chart: readonly KubeObject[];
  readonly statefulSets: readonly KubeObject[];
  readonly pods: readonly KubeObject[];
  /** Helm's records, without what they say. */
  readonly helm: readonly KubeObject[];
}

/**
 * Looks at a host and at its tenants' clusters, reads only: a list per kind for all tenants, and then
 * only what cannot be known from these. @throws ApiError where the host cannot be read
 */
export async function observe(
  connections: Connections,
  { hostWide, tenants }: Dist,
  { reveal, takeOver = false }: ObserveOptions,
): Promise<Observed> {
  const { host } = connections;
  const lists = await readHost(host, tenants);
  const records = recordsOf(
    tenants.map(({ id }) => id),
    lists.configMaps,
  );
  const byNamespace = groupLists(lists);
  const keptByFlux = Map.groupBy(
    lists.helm.filter(({ metadata }) => metadata.namespace === FLUX_NAMESPACE),
    ({ metadata }) => metadata.labels?.['name'],
  );
  const limit = pLimit(HOST_QUESTIONS);
  const ask: Ask = { client: host, run: (question) => limit(question), reveal: asItIs, takeOver };
  const cluster = pLimit(CLUSTERS);
  const observeTenants = Promise.all(
    tenants.map(async (tenant) => {
      const own = byNamespace.get(hostNamespace(tenant.id)) ?? EMPTY_LISTS;
      // What lies in the tenant's namespace beside Flux's records is of the time before Flux.
      const shown = { ...own, helm: keptByFlux.get(vclusterName(tenant.id)) ?? own.helm };
      const record = records.tenants.get(tenant.id) ?? ABSENT.record;
      const onHost = await observeOnHost(ask, tenant, record, shown);
      const virtual = await observeVirtual(connections, cluster, tenant, onHost, {
        reveal,
        takeOver,
      });
      return [tenant.id, { ...onHost, virtual }] as const;
    }),
  );
  const [seen, seenHostWide, blocks] = await Promise.all([
    observeTenants,
    observeHostWide(ask, hostWide, lists, records.hostWide),
    hasOpenings(tenants) ? clusterBlocks(host) : [],
  ]);
  return {
    context: host.config.getCurrentContext(),
    hostWide: seenHostWide,
    hostWideRecord: records.hostWide,
    tenants: new Map(seen),
    clusterBlocks: blocks,
    objects: [
      ...lists.namespaces,
      ...lists.statefulSets,
      ...lists.pods,
      ...lists.ours.filter(isRoute),
    ],
    live: lists.namespaces.map(({ metadata }) => metadata.labels?.[TENANT_LABEL] ?? '').sort(),
  };
}

/** What all tenants share: most of it is in the lists. */
async function observeHostWide(
  ask: Ask,
  wanted: readonly KubeObject[],
  lists: HostLists,
  record: Pick<TenantRecord, 'applied'>,
): Promise<ObjectsSeen> {
  const live = byReference(lists.hostWide);
  const applied = appliedIn('host-wide', record.applied);
  const references = [...wanted.map(referenceOf), ...applied.keys()];
  await readMissing(ask, live, references.filter(isInNamespace));
  return compare(ask, 'host-wide', wanted, live, applied);
}

/** The addresses of the host's nodes, their pods and its API servers. */
async function clusterBlocks(host: KubeClient): Promise<readonly ClusterBlock[]> {
  const [nodes, api] = await Promise.all([list(host, { kind: 'Node' }), apiAddresses(host)]);
  return [
    ...nodeBlocks(nodes),
    ...api.map(({ address }) => ({ cidr: `${address}/32`, whose: "the host's API server" })),
  ];
}

async function readHost(
  host: KubeClient,
  tenants: readonly Pick<WantedTenant, 'hostObjects'>[],
): Promise<HostLists> {
  const kinds = new Map(
    tenants
      .flatMap(({ hostObjects }) => hostObjects)
      .filter(({ kind }) => kind !== 'Namespace')
      .map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, [apiVersion, kind] as const]),
  );
  const ours = `${MANAGED_BY_LABEL}=${MANAGED_BY}`;
  const all = (types: Iterable<readonly [string, string]>, selector: string) =>
    Promise.all(
      [...types].map(([apiVersion, kind]) => list(host, { apiVersion, kind, selector })),
    ).then((lists) => lists.flat());
  const [hostWide, namespaces, configMaps, own, chart, statefulSets, pods, helm] =
    await Promise.all([
      all(HOST_WIDE_KINDS, ours),
      list(host, { kind: 'Namespace', selector: ours }),
      list(host, { kind: 'ConfigMap', selector: ours }),
      all(kinds.values(), TENANTS_SELECTOR),
      all(CHART_KINDS, CHART_SELECTOR),
      list(host, { apiVersion: 'apps/v1', kind: 'StatefulSet', selector: 'app=vcluster' }),
      // All of them: what a tenant's namespace holds may bear no label.
      list(host, { kind: 'Pod' }),
      list(host, { kind: 'Secret', selector: 'owner=helm', metadataOnly: true }),
    ]);
  const isTenants = ({ metadata }: KubeObject) => metadata.labels?.[TENANT_LABEL] !== undefined;
  return {
    hostWide: [
      ...hostWide,
      ...namespaces.filter(({ metadata }) => metadata.name === SYSTEM_NAMESPACE),
    ],
    namespaces: namespaces.filter(isTenants),
    configMaps,
    ours: own,
    chart,
    statefulSets,
    pods,
    helm,
  };
}

type Shown = Pick<HostLists, 'namespaces' | 'ours' | 'chart' | 'statefulSets' | 'pods' | 'helm'>;

const SHOWN = ['namespaces', 'ours', 'chart', 'statefulSets', 'pods', 'helm'] as const;
const EMPTY_LISTS: Shown = {
  namespaces: [],
  ours: [],
  chart: [],
  statefulSets: [],
  pods: [],
  helm: [],
};

function groupLists(lists: HostLists): ReadonlyMap<string, Shown> {
  const groups = new Map<string, Record<(typeof SHOWN)[number], KubeObject[]>>();
  for (const name of SHOWN) {
    for (const object of lists[name]) {
      const namespace = namespaceOf(object);
      const group = groups.get(namespace) ?? {
        namespaces: [],
        ours: [],
        chart: [],
        statefulSets: [],
        pods: [],
        helm: [],
      };
      group[name].push(object);
      groups.set(namespace, group);
    }
  }
  return groups;
}

/** The namespace of the tenant that an object is of; some of what is ours lies in our own. */
function namespaceOf({ metadata: { namespace, name, labels } }: KubeObject): string {
  if (namespace === SYSTEM_NAMESPACE) return hostNamespace(labels?.[TENANT_LABEL] ?? '');
  return namespace ?? name;
}

/** How questions to one API server are asked. */
interface Ask {
  readonly client: KubeClient;
  run<T>(question: () => Promise<T>): Promise<T>;
  /** An object as the server is to be asked about it. */
  reveal(object: KubeObject): Promise<KubeObject>;
  readonly takeOver: boolean;
}

/** All that the host shows of a tenant. */
async function observeOnHost(
  ask: Ask,
  tenant: WantedTenant,
  record: TenantRecord,
  shown: Shown,
): Promise<Omit<ObservedTenant, 'virtual'>> {
  const { id } = tenant;
  const { name, namespace } = placeOf(id);
  const own: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  const there = shown.namespaces[0] ?? (await ask.run(() => read(ask.client, own)));
  if (there === null) return { ...ABSENT, record };
  const statefulSet = shown.statefulSets.find(({ metadata }) => metadata.name === name) ?? null;
  const live = byReference([there, ...shown.ours]);
  // What has lost its label, or never had one.
  const wanted = [...tenant.hostObjects.map(referenceOf), ...record.inventory.host];
  await readMissing(
    ask,
    live,
    wanted.filter((reference) => isNamespaceOrOwn(id, reference, tenant)),
  );
  return {
    namespace: there,
    record,
    host: await compare(ask, 'host', tenant.hostObjects, live, appliedIn('host', record.applied)),
    release: await observeRelease(ask, tenant, record, shown, statefulSet),
    statefulSet,
    controlPlane: shown.pods.filter((pod) => isOwnedBy(pod, name)),
    pods: shown.pods.filter((pod) => !isOwnedBy(pod, name)),
  };
}

/** An inventory of old may name anything; only what is the tenant's is looked at. */
function isNamespaceOrOwn(id: string, reference: string, { hostObjects }: WantedTenant): boolean {
  return isOnHost(id, reference) || hostObjects.some((object) => referenceOf(object) === reference);
}

async function observeRelease(
  ask: Ask,
  tenant: WantedTenant,
  record: TenantRecord,
  shown: Shown,
  statefulSet: KubeObject | null,
): Promise<ObservedRelease> {
  const place = placeOf(tenant.id);
  const secrets = shown.helm.filter(({ metadata }) => metadata.labels?.['name'] === place.name);
  const marks = secrets.length === 0 ? null : secretsMark(secrets);
  const storage = secrets[0]?.metadata.namespace ?? place.namespace;
  const keeper = storage === FLUX_NAMESPACE ? 'flux' : 'deploy';
  const applied = appliedIn('vcluster', record.applied);
  const live = byReference([...shown.chart, ...(statefulSet === null ? [] : [statefulSet])]);
  await readMissing(ask, live, [...applied.keys()]);
  const known = isReleaseKnown(marks, record.release, tenant);
  if (marks === null || (known && applied.size > 0 && isChartUnchanged(live, applied))) {
    return { keeper, secrets: marks, records: null, chart: null, live };
  }
  const records = await ask.run(() => readReleaseRecords(ask.client, place, storage));
  if (records.newest === null) return { keeper, secrets: marks, records, chart: null, live };
  const wanted = chartObjects(records.newest, place);
  await readMissing(ask, live, wanted.map(referenceOf));
  const seen = await compare(ask, 'vcluster', wanted, live, applied);
  return { keeper, secrets: marks, records, chart: { wanted, seen }, live };
}

/** By this it is known whether anybody has written one of Helm's records. */
export function secretsMark(secrets: readonly KubeObject[]): string {
  return hashOf(
    secrets
      .map(({ metadata: { name, uid, resourceVersion } }) => `${name} ${uid} ${resourceVersion}`)
      .sort(),
  );
}

async function observeVirtual(
  connections: Connections,
  limit: ReturnType<typeof pLimit>,
  tenant: WantedTenant,
  { namespace, statefulSet, controlPlane, record }: Omit<ObservedTenant, 'virtual'>,
  options: ObserveOptions,
): Promise<ObservedVirtual> {
  if (tenant.state !== 'active' || namespace === null || statefulSet === null) {
    return { kind: 'none' };
  }
  if (!controlPlane.some(isReady)) {
    return { kind: 'unseen', why: 'its control plane does not run yet' };
  }
  return limit(async (): Promise<ObservedVirtual> => {
    try {
      const client = await connections.virtual(tenant.id);
      if (client === null) return { kind: 'unseen', why: 'it has no credentials yet' };
      return { kind: 'seen', seen: await seeVirtual(client, tenant, record, options) };
    } catch (error) {
      return { kind: 'unseen', why: messageOf(error) };
    }
  });
}

/** The objects of a tenant's own cluster that dist/ has, or had. @throws ApiError */
export function seeVirtual(
  client: KubeClient,
  { id, virtualObjects }: Pick<WantedTenant, 'id' | 'virtualObjects'>,
  { inventory, applied }: Pick<TenantRecord, 'inventory' | 'applied'>,
  { reveal, takeOver = false }: ObserveOptions,
): Promise<ObjectsSeen> {
  const known = appliedIn('virtual', applied);
  return seeObjects(client, 'virtual', virtualObjects, inventory.virtual, known, {
    reveal: (object) => reveal(id, object),
    takeOver,
  });
}

/** Objects that are wanted, and some that were, read one by one. @throws ApiError */
export async function seeObjects(
  client: KubeClient,
  layer: Layer,
  wanted: readonly KubeObject[],
  former: readonly string[],
  applied: ReadonlyMap<string, Applied>,
  options: Pick<Ask, 'reveal' | 'takeOver'> = { reveal: asItIs, takeOver: false },
): Promise<ObjectsSeen> {
  const limit = pLimit(VIRTUAL_QUESTIONS);
  const ask: Ask = { client, run: (question) => limit(question), ...options };
  const live = new Map<string, KubeObject>();
  await readMissing(ask, live, [...wanted.map(referenceOf), ...former]);
  return compare(ask, layer, wanted, live, applied);
}

/** Objects and what becomes of those that cannot be known to be as wanted. */
async function compare(
  ask: Ask,
  layer: Layer,
  wanted: readonly KubeObject[],
  live: ReadonlyMap<string, KubeObject>,
  applied: ReadonlyMap<string, Applied>,
): Promise<ObjectsSeen> {
  if (wanted.length === 0 && live.size === 0) return NOTHING_SEEN;
  const byName = new Map(wanted.map((object) => [referenceOf(object), object]));
  const answers = await Promise.all(
    writesToTry(layer, wanted, live, applied, ask.takeOver).map(async (write) => {
      const reference = referenceOf(write.body);
      return [reference, await answerTo(ask, byName.get(reference) ?? write.body, write)] as const;
    }),
  );
  return { live, answers: new Map(answers) };
}

async function answerTo(ask: Ask, wanted: KubeObject, write: Write): Promise<Answer> {
  const body = await ask.reveal(write.body);
  const said = await ask.run(() => tryWrite(ask.client, { ...write, body }));
  const answer: Answer = { ...said, write };
  const next = nextWrite(wanted, answer);
  return next === null ? answer : answerTo(ask, wanted, next);
}

/** Reads what no list has shown, one by one. */
async function readMissing(
  ask: Ask,
  live: Map<string, KubeObject>,
  references: readonly string[],
): Promise<void> {
  const missing = [...new Set(references)].filter((reference) => !live.has(reference));
  const found = await Promise.all(
    missing.map((reference) => ask.run(() => read(ask.client, objectOf(reference)))),
  );
  for (const [index, object] of found.entries()) {
    if (object !== null) live.set(missing[index] ?? '', object);
  }
}

/** What no list of host-wide kinds shows. */
function isInNamespace(reference: string): boolean {
  return objectOf(reference).metadata.namespace !== undefined;
}

function byReference(objects: readonly KubeObject[]): Map<string, KubeObject> {
  return new Map(objects.map((object) => [referenceOf(object), object]));
}

/** Whether a pod is of the StatefulSet of that name. */
function isOwnedBy({ metadata: { ownerReferences = [] } }: KubeObject, name: string): boolean {
  return ownerReferences.some((owner) => owner.kind === 'StatefulSet' && owner.name === name);
}
