import {
  chartObjects,
  describeDone,
  describeObstacle,
  type Done,
  hashOf,
  inventoryOf,
  isBlocked,
  isRoute,
  type KubeObject,
  type LifeCycleChange,
  type LiveVersions,
  type ObjectChange,
  type ObservedTenant,
  placeOf,
  planObjects,
  planVirtual,
  referenceOf,
  type Release,
  type ReleaseChange,
  type ReleaseRecords,
  routeFaults,
  somethingDone,
  type TenantPlan,
  toPrune,
  union,
} from '@tenantry/plan';
import { syncedName } from '@tenantry/tenants';
import { workload } from '@tenantry/workload';
import { ExpectedError, Fault } from '../cli/errors.ts';
import type { Report } from '../cli/report.ts';
import { secretsMark, seeVirtual, seeObjects } from '../cluster/observe.ts';
import type { Connections } from '../cluster/connections.ts';
import type { TenantDist } from '../dist/read.ts';
import { list, mergePatch, remove } from '../kube/requests.ts';
import { isRolledOut } from '../kube/rollout.ts';
import { asItIs, type Reveal } from '../secrets/reveal.ts';
import { applyChanges } from './apply-changes.ts';
import { createNotes, type Notes } from './notes.ts';
import {
  ROLLED_OUT_KINDS,
  virtualClient,
  waitForDefaultAccount,
  waitForControlPlane,
  waitForDns,
  waitForRoutes,
  waitForWorkloads,
} from './wait-tenant.ts';
import type { KubeClient } from '../kube/client.ts';
import { statefulSetOf } from './pause-tenant.ts';

/** With what a plan is carried out. */
export interface Appliance {
  readonly connections: Connections;
  readonly report: Pick<Report, 'of' | 'tenantDone' | 'tenantFailed'>;
  /**
   * Has Helm install or upgrade a tenant's vcluster; only called where it has to. An interruption
   * waits for it; `kill` ends it.
   */
  install(tenant: TenantDist, records: ReleaseRecords | null, kill?: AbortSignal): Promise<Release>;
  /** Keeps a snapshot of a tenant's control plane before it leaves its versions, and says so. */
  snapshot(id: string, versions: LiveVersions, signal: AbortSignal): Promise<Done>;
  /** Waits for the end of a control plane and ends all other pods; says what it did. */
  endPods(host: KubeClient, id: string, signal: AbortSignal): Promise<readonly Done[]>;
  /** Calls an active tenant's service and returns its answer. @throws Error where it is not as expected */
  check(tenant: TenantDist): Promise<string>;
  /** Called before a tenant is made. @throws Fault where it lives on another host */
  mayBeMade(id: string): Promise<void>;
  readonly reveal: Reveal;
  readonly takeOver: boolean;
  readonly signal: AbortSignal;
}

interface Work {
  readonly tenant: TenantDist;
  readonly planned: TenantPlan;
  readonly seen: ObservedTenant;
  readonly notes: Notes;
  /** Told of each change once it is done, also where a later one fails. */
  readonly said: Done[];
}

/**
 * Carries out what is planned for a tenant, but for the check of its service. Takes no decision
 * of its own: what only shows once the control plane runs is decided by the same planner then.
 * @throws Error with what stands in the way; `said` has what was done before
 */
export async function applyTenant(
  appliance: Appliance,
  { tenant, planned, seen, said }: Omit<Work, 'notes'>,
): Promise<void> {
  if (planned.obstacle !== null) throw new Fault(planned.obstacle);
  const notes = createNotes(appliance.connections.host, tenant.id, seen.record);
  const work: Work = { tenant, planned, seen, notes, said };
  for (const object of planned.leftAlone) {
    said.push(somethingDone(`${object} left alone: not this tenant's`));
  }
  for (const { secret, why } of planned.forged) {
    said.push(somethingDone(`forged Secret ${secret} deleted: ${why}`));
  }
  const before = seen.record.inventory;
  const current = inventoryOf(tenant.hostObjects, tenant.virtualObjects, before.release);
  if (!needsWork(planned)) {
    await untilRunning(appliance, work);
    const isTaken = (object: KubeObject) => {
      const there = seen.host.live.get(referenceOf(object));
      return there !== undefined && routeFaults(there).length === 0;
    };
    return untilTaken(
      appliance,
      work,
      tenant.hostObjects.filter((object) => !isTaken(object)),
    );
  }
  throwObstacles(planned, 'host');
  await revealChanging(appliance, tenant, planned);
  // Noted before it is applied, so that an interrupted deploy leaves nothing that none can prune.
  await notes.store(union(before, current));
  const leaves = versionsLeft(planned);
  if (tenant.state === 'active') {
    // Before anything of the control plane changes.
    if (leaves !== null) await keepSnapshot(appliance, work, leaves);
    await changeLife(appliance, work);
    const installed = await declare(appliance, work);
    await applyInside(appliance, work);
    // vcluster has written to its own Service since.
    if (installed.length > 0) await noteInstalled(appliance.connections.host, notes, installed);
    await notes.store(current);
    throwObstacles(planned, 'vcluster');
    // The Service that it leads to is there by now.
    await untilTaken(appliance, work, tenant.hostObjects);
    return;
  }
  await changeLife(appliance, work);
  if (leaves === null) {
    // Side by side: the control plane was told to end before, and what ends takes its time.
    await Promise.all([endPods(appliance, work), declare(appliance, work)]);
  } else {
    // It is paused whatever becomes of its snapshot.
    await endPods(appliance, work);
    await keepSnapshot(appliance, work, leaves);
    await declare(appliance, work);
  }
  // What left virtual/ waits for the resume.
  await notes.store({ ...union(before, current), host: current.host });
  throwObstacles(planned, 'vcluster');
  await untilTaken(appliance, work, tenant.hostObjects);
}

/** Runs a step of a tenant's; where the command is to end, no other is begun. */
function step<T>(
  { report, signal }: Pick<Appliance, 'report' | 'signal'>,
  { tenant }: Pick<Work, 'tenant'>,
  title: string,
  action: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  return report.of(tenant.id).step(title, action);
}

/** What cannot be decrypted stops a tenant's deploy before anything is written. */
async function revealChanging(
  { reveal }: Appliance,
  { id, virtualObjects }: TenantDist,
  { changes }: TenantPlan,
): Promise<void> {
  const changing = new Set(
    changes.filter(isObjectChange).map(({ layer, object }) => `${layer} ${object}`),
  );
  for (const object of virtualObjects) {
    if (changing.has(`virtual ${referenceOf(object)}`)) await reveal(id, object);
  }
}

/** Whether anything is to be written for a tenant. */
export function needsWork({ changes, note, unseen, forged }: TenantPlan): boolean {
  return changes.length > 0 || note || unseen !== null || forged.length > 0;
}

function throwObstacles({ id, changes }: TenantPlan, layer: 'host' | 'vcluster' | 'virtual'): void {
  const words = changes
    .filter((change) => change.layer === layer && isBlocked(change))
    .map((change) => describeObstacle(change, id));
  if (words.length > 0) throw new ExpectedError(words.join('\n'));
}

/** The versions that a control plane leaves; null where they stay. */
function versionsLeft({ changes }: TenantPlan): LiveVersions | null {
  return changes.find((change) => change.kind === 'upgrade')?.leaves ?? null;
}

async function keepSnapshot(
  appliance: Appliance,
  work: Work,
  versions: LiveVersions,
): Promise<void> {
  const { tenant, said } = work;
  const snapshot = () => appliance.snapshot(tenant.id, versions, appliance.signal);
  said.push(await step(appliance, work, 'snapshot', snapshot));
}

async function changeLife(appliance: Appliance, work: Work): Promise<void> {
  const changes = work.planned.changes.filter(isLifeCycle);
  if (changes.some(({ kind }) => kind !== 'remove-pods')) {
    await step(appliance, work, 'scale', () => scaleAndForget(appliance, work, changes));
  }
}

async function scaleAndForget(
  { connections: { host } }: Appliance,
  { tenant, said }: Work,
  changes: readonly LifeCycleChange[],
): Promise<void> {
  const statefulSet = statefulSetOf(placeOf(tenant.id));
  for (const change of changes) {
    if (change.kind === 'scale') {
      await mergePatch(
        host,
        statefulSet,
        { spec: { replicas: change.to } },
        { subresource: 'scale' },
      );
    } else if (change.kind === 'forget-pause') {
      const annotations = Object.fromEntries(change.annotations.map((key) => [key, null]));
      await mergePatch(host, statefulSet, { metadata: { annotations } });
    } else continue;
    said.push(...describeDone(change));
  }
}

function isLifeCycle(change: TenantPlan['changes'][number]): change is LifeCycleChange {
  return ['scale', 'forget-pause', 'remove-pods'].includes(change.kind);
}

/** Waits for the end of the control plane and of what the syncer has brought. */
async function endPods(appliance: Appliance, work: Work): Promise<void> {
  const { tenant, planned, said } = work;
  if (!planned.changes.some(({ kind }) => kind === 'remove-pods' || kind === 'scale')) return;
  const { connections, signal } = appliance;
  const ended = await step(appliance, work, 'end of pods', () =>
    appliance.endPods(connections.host, tenant.id, signal),
  );
  said.push(...ended);
}

/** The tenant's objects on the host, then its vcluster. Returns what Helm has just installed. */
async function declare(appliance: Appliance, work: Work): Promise<readonly KubeObject[]> {
  const { tenant, planned, seen, notes, said } = work;
  const client = appliance.connections.host;
  const changes = planned.changes.filter(isObjectChange);
  noteUnchanged(notes, 'host', tenant.hostObjects, changes, seen.host.live);
  const host = changes.filter(({ layer }) => layer === 'host');
  if (host.length > 0) {
    await step(appliance, work, 'host objects', () =>
      applyChanges({ client, reveal: asItIs, notes, said }, tenant.hostObjects, host),
    );
  }
  const helm = planned.changes.find(isReleaseChange);
  if (helm !== undefined) {
    const installed = await step(appliance, work, 'vcluster', () => runHelm(appliance, work, helm));
    said.push(...describeDone(helm));
    // What Helm has left is known from now on, whatever becomes of the rest.
    await notes.store(union(seen.record.inventory, inventoryOf(tenant.hostObjects, [])));
    return installed;
  }
  const { records, chart, secrets } = seen.release;
  if (chart === null || records?.newest == null) return [];
  const mended = changes.filter(({ layer }) => layer === 'vcluster');
  notes.clear('vcluster');
  noteUnchanged(notes, 'vcluster', chart.wanted, mended, chart.seen.live);
  if (mended.length > 0) {
    await step(appliance, work, 'vcluster', () =>
      applyChanges({ client, reveal: asItIs, notes, said }, chart.wanted, mended),
    );
  }
  noteRelease(work, records.newest, secrets ?? '');
  return [];
}

async function runHelm(
  appliance: Appliance,
  work: Work,
  helm: ReleaseChange,
): Promise<readonly KubeObject[]> {
  const { tenant, seen, notes } = work;
  const client = appliance.connections.host;
  const place = placeOf(tenant.id);
  await appliance.connections.close(tenant.id);
  if (restartsControlPlane(helm)) await remove(client, dnsConfiguration(tenant.id));
  const release = await appliance.install(tenant, seen.release.records);
  // Helm leaves what others have added to an object.
  notes.clear('vcluster');
  const wanted = chartObjects(release, place);
  const changes = await noteInstalled(client, notes, wanted);
  await applyChanges({ client, reveal: asItIs, notes, said: [] }, wanted, changes);
  const secrets = await list(client, {
    kind: 'Secret',
    namespace: place.namespace,
    selector: `owner=helm,name=${place.name}`,
    metadataOnly: true,
  });
  noteRelease(work, release, secretsMark(secrets));
  return wanted;
}

/**
 * Whether Helm begins with something new. Where it only ends what was begun, the control plane may run
 * anew already, and is not started again.
 */
function restartsControlPlane(helm: ReleaseChange): boolean {
  return (
    helm.kind === 'upgrade' &&
    helm.reasons.some(({ what }) => what === 'chart' || what === 'values')
  );
}

/**
 * The host's copy of how a tenant's DNS is configured. vcluster writes the configuration when it
 * starts, before its syncer looks, which then takes what has changed for what it knew. A copy that
 * is gone when it starts is made whole; one that goes while it looks is taken for deleted, and the tenant's
 * configuration with it, until vcluster starts again.
 */
export function dnsConfiguration(id: string): KubeObject {
  const { namespace } = placeOf(id);
  const name = syncedName('coredns', 'kube-system', id);
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } };
}

/** Notes which of the chart's objects are as they are wanted; returns what the others lack. */
async function noteInstalled(
  client: KubeClient,
  notes: Notes,
  wanted: readonly KubeObject[],
): Promise<readonly ObjectChange[]> {
  const objects = await seeObjects(client, 'vcluster', wanted, [], new Map());
  const { changes } = planObjects('vcluster', wanted, [], objects, new Map());
  noteUnchanged(notes, 'vcluster', wanted, changes, objects.live);
  return changes;
}

function noteRelease(
  { tenant, notes }: Work,
  { digest, chart }: { readonly digest: string; readonly chart: string },
  secrets: string,
): void {
  notes.setRelease({ digest, chart, secrets, values: hashOf(tenant.values) });
}

function isReleaseChange(change: TenantPlan['changes'][number]): change is ReleaseChange {
  return change.kind === 'install' || change.kind === 'upgrade';
}

function isObjectChange(change: TenantPlan['changes'][number]): change is ObjectChange {
  return 'object' in change;
}

/** What is there and not to be changed is as it is wanted. */
function noteUnchanged(
  notes: Notes,
  layer: ObjectChange['layer'],
  wanted: readonly KubeObject[],
  changes: readonly ObjectChange[],
  live: ReadonlyMap<string, KubeObject>,
): void {
  const changed = new Set(changes.map(({ object }) => object));
  for (const object of wanted) {
    const there = live.get(referenceOf(object));
    if (there !== undefined && !changed.has(referenceOf(object))) notes.set(layer, object, there);
  }
}

/** The tenant's own cluster: waits for it, decides what is to change there, and changes it. */
async function applyInside(appliance: Appliance, work: Work): Promise<void> {
  const { tenant, seen, notes, said } = work;
  const client = await step(appliance, work, 'control plane', async () => {
    await waitForControlPlane(appliance, tenant.id);
    const opened = await virtualClient(appliance, tenant.id);
    await waitForDefaultAccount(opened, appliance.signal);
    return opened;
  });
  const record = notes.current();
  const { virtual: surplus } = toPrune(
    tenant.id,
    seen.record.inventory,
    inventoryOf(tenant.hostObjects, tenant.virtualObjects),
  );
  const look = async () => ({
    virtual: {
      kind: 'seen' as const,
      seen: await seeVirtual(client, tenant, notes.current(), appliance),
    },
    record: notes.current(),
    statefulSet: null,
  });
  const reveal = (object: KubeObject) => appliance.reveal(tenant.id, object);
  const carrier = { client, reveal, notes, said };
  const isFirst = (change: ObjectChange) => !touchesOldService(change);
  const changes = await step(appliance, work, 'tenant objects', async () => {
    const found = await look();
    const planned = planVirtual(tenant, { ...found, record }, surplus).changes;
    noteUnchanged(notes, 'virtual', tenant.virtualObjects, planned, found.virtual.seen.live);
    await applyChanges(carrier, tenant.virtualObjects, planned.filter(isFirst));
    throwObstacles({ ...work.planned, changes: planned }, 'virtual');
    return planned;
  });
  await step(appliance, work, 'rollout', () =>
    Promise.all([
      waitForWorkloads(appliance, client, tenant.virtualObjects),
      waitForDns(appliance, client),
    ]),
  );
  await applyChanges(carrier, tenant.virtualObjects, changes.filter(touchesOldService));
  if (changes.length === 0) return;
  // The syncer and controllers have written some of it since.
  const settled = await look();
  const rest = planVirtual(tenant, settled, []).changes;
  noteUnchanged(notes, 'virtual', tenant.virtualObjects, rest, settled.virtual.seen.live);
}

/**
 * Whether a change takes something from the service as it was: then it waits until what is new runs,
 * so that a deploy that fails leaves the old one answering.
 */
function touchesOldService({ kind, object }: ObjectChange): boolean {
  return kind === 'delete' || (kind !== 'create' && object === SERVICE);
}

/** The Service that the workload is reached by. */
const SERVICE = referenceOf({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: workload.service.namespace, name: workload.service.name },
});

/** Waits until the Gateway has taken a tenant's route, where it has one. */
async function untilTaken(
  appliance: Appliance,
  work: Work,
  objects: readonly KubeObject[],
): Promise<void> {
  const routes = objects.filter(isRoute);
  if (routes.length === 0) return;
  await step(appliance, work, 'route', () => waitForRoutes(appliance, routes));
}

/** Nothing is to be written: what runs is waited for all the same. */
async function untilRunning(appliance: Appliance, work: Work): Promise<void> {
  const { tenant, seen } = work;
  if (tenant.state !== 'active') return;
  if (seen.statefulSet === null || !isRolledOut(seen.statefulSet)) {
    await step(appliance, work, 'control plane', () => waitForControlPlane(appliance, tenant.id));
  }
  const live =
    seen.virtual.kind === 'seen' ? seen.virtual.seen.live : new Map<string, KubeObject>();
  const rolledOut = tenant.virtualObjects.filter(({ kind }) => ROLLED_OUT_KINDS.has(kind));
  const waiting = rolledOut.filter((object) => {
    const there = live.get(referenceOf(object));
    return there === undefined || !isRolledOut(there);
  });
  if (waiting.length > 0) {
    await step(appliance, work, 'rollout', async () =>
      waitForWorkloads(appliance, await virtualClient(appliance, tenant.id), waiting),
    );
  }
}
