import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  addReceipt,
  type Fleet,
  hostNamespace,
  offboardedByOperator,
  reasonOf,
  removeTenant,
  vclusterName,
} from '@tenantry/tenants';
import { readTenants } from '../deliveries.ts';
import { deployTenant } from '../deploy-tenant.ts';
import { editTenantsFile, findTenant, withLives } from '../edit-tenants.ts';
import { Fault, UsageError } from '../errors.ts';
import { getRelease } from '../helm.ts';
import { findHost, type Host } from '../host.ts';
import { getObjects, type KubeObject } from '../kubectl.ts';
import { settleLives } from '../lifecycle-settle.ts';
import type { Context } from '../run-main.ts';
import { readFleet, synthDist } from '../synth-dist.ts';
import { placeOf } from '../tenant-context.ts';
import { today } from '../today.ts';
import type { Workspace } from '../workspace.ts';
import { removeArchive, store } from './archive-store.ts';
import { type Journal, readJournal, removeJournal, writeJournal } from './journal.ts';
import { waitForNoLeftovers } from './leftovers.ts';
import { deleteNamespace, getNamespace } from './namespaces.ts';
import { proveArchive } from './prove.ts';
import { checkCapacity, clusterWideOf, deleteClusterWide, removeScratch } from './scratch.ts';
import { tenantVolumes } from './volumes.ts';

type Surroundings = Pick<Context, 'workspace' | 'report' | 'signal' | 'print'>;

export interface OffboardOptions {
  readonly recipient: string | undefined;
  readonly discardVolumes: boolean;
  /** Asks whether it is meant. @throws UsageError where it is not */
  readonly confirm: () => Promise<void>;
}

/**
 * Ends a tenant: held paused, archived, the archive proved, all of it deleted, the receipt written.
 * Interrupted anywhere, the same call takes it up again.
 */
export async function offboardTenant(
  surroundings: Surroundings,
  id: string,
  options: OffboardOptions,
): Promise<void> {
  const { workspace, print, signal } = surroundings;
  const fleet = readFleet(workspace.tenantsFile);
  const journal = readJournal(workspace.archives, id);
  if (!fleet.tenants.some((tenant) => tenant.id === id)) {
    return finishWithout(surroundings, fleet, id, journal);
  }
  const tenant = findTenant(fleet, id);
  if (tenant.keep) {
    throw new UsageError(
      `${id} is kept: "keep": true in tenants.json\n  → take it out there first, if it is meant to end`,
    );
  }
  await options.confirm();

  const host = await findHost(surroundings, fleet.host.context);
  const namespace = await getNamespace(host, hostNamespace(id));
  if (journal !== null && isBeingDeleted(workspace, journal, namespace)) {
    return removeTheRest(surroundings, host, journal);
  }
  if (namespace === undefined) {
    throw new UsageError(
      `${id} does not live on ${host.target.context}: there is nothing to archive\n  → take it out of tenants.json and run pnpm synth`,
    );
  }
  const volumes = await tenantVolumes(host, placeOf(id));
  if (volumes.length > 0 && !options.discardVolumes) {
    const list = volumes.map(({ claim, size }) => `\n    ${claim} (${size})`).join('');
    throw new UsageError(
      `${id} has volumes, whose data no archive of ours holds; nothing was changed:${list}\n  → copy what is needed, then add --discard-volumes`,
    );
  }
  await removeScratch(host, id, signal);
  await checkCapacity(host);

  const entry = await hold(surroundings, host, id);
  const [dist] = readTenants(workspace.dist, [id]);
  if (dist === undefined) throw new Error(`${id} is not in dist/`);
  const { archive, sealed, objects } = await proveArchive(host, dist, entry, {
    ...surroundings,
    state: workspace.state,
    recipient: options.recipient,
  });
  const release = await getRelease(host.$, host.target, vclusterName(id), hostNamespace(id));
  const next: Journal = {
    id,
    namespaceUid: namespace.metadata.uid ?? '',
    archive,
    digest: sealed.digest,
    objects,
    volumes: volumes.length,
    reason: reasonOf(entry),
    clusterWide: clusterWideOf(release),
  };
  // First, so that a run that is killed here leaves no archive that nobody knows of.
  writeJournal(workspace.archives, next);
  if (journal !== null) removeArchive(join(workspace.archives, journal.archive));
  store(join(workspace.archives, archive), sealed);
  print(`${id}: ${objects} objects in archives/${archive}, ${sealed.digest}`);
  await removeTheRest(surroundings, host, next);
}

/** Whether the archive is there, and the namespace that was archived gone or on its way. */
function isBeingDeleted(
  { archives }: Pick<Workspace, 'archives'>,
  { archive, namespaceUid }: Journal,
  namespace: KubeObject | undefined,
): boolean {
  if (!existsSync(join(archives, archive))) return false;
  if (namespace === undefined) return true;
  const { uid, deletionTimestamp } = namespace.metadata;
  return uid === namespaceUid && deletionTimestamp !== undefined;
}

/** From now on the tenant is held at zero, whoever deploys. */
async function hold({ workspace, report, signal, print }: Surroundings, host: Host, id: string) {
  editTenantsFile(workspace, (text, fleet) => {
    const tenant = findTenant(fleet, id);
    const ended = offboardedByOperator(tenant, today());
    return ended === tenant ? text : withLives(text, [ended]);
  });
  synthDist(workspace, print);
  const tenants = readTenants(workspace.dist, [id]);
  await settleLives(host, tenants, report);
  for (const tenant of tenants) {
    const { changes } = await deployTenant(host, tenant, { state: workspace.state, signal });
    print(`${id}: held paused${changes.length === 0 ? '' : `: ${changes.join(', ')}`}`);
  }
  return findTenant(readFleet(workspace.tenantsFile), id);
}

async function removeTheRest(
  surroundings: Surroundings,
  host: Host,
  journal: Journal,
): Promise<void> {
  const { workspace, report, signal, print } = surroundings;
  const { id } = journal;
  await mustStillBeHeld(host, journal);
  await report.step(`deletion of ${id}`, async () => {
    await deleteNamespace(host, hostNamespace(id), signal);
    await deleteClusterWide(host, journal.clusterWide);
    await removeScratch(host, id, signal);
    await waitForNoLeftovers(host, id, signal);
  });
  editTenantsFile(workspace, (text) =>
    addReceipt(removeTenant(text, id), {
      id,
      offboardedOn: today(),
      reason: journal.reason,
      digest: journal.digest,
      objects: journal.objects,
      volumes: journal.volumes,
    }),
  );
  synthDist(workspace, print);
  removeJournal(workspace.archives, id);
  print(farewell(id, journal.archive));
}

/** @throws Fault where somebody has brought the tenant back since it was archived */
async function mustStillBeHeld(host: Host, { id, namespaceUid }: Journal): Promise<void> {
  const namespace = await getNamespace(host, hostNamespace(id));
  if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return;
  const where = ['-n', hostNamespace(id), 'statefulset', vclusterName(id)];
  const [statefulSet] = await getObjects(host.$, host.target, where);
  const { replicas = 0 } = (statefulSet?.['spec'] ?? {}) as { replicas?: number };
  if (namespace.metadata.uid === namespaceUid && replicas === 0) return;
  throw new Fault({
    what: `${id} was not deleted`,
    why: 'it was brought back after it was archived, and may have changed since',
    todo: `run pnpm offboard ${id} again, if it is still meant to end`,
  });
}

/** The tenant is out of tenants.json: what is left is to do what comes after that. */
function finishWithout(
  { workspace, print }: Surroundings,
  fleet: Fleet,
  id: string,
  journal: Journal | null,
): void {
  const receipt = fleet.offboarded.findLast((each) => each.id === id);
  if (receipt === undefined) {
    findTenant(fleet, id);
    return;
  }
  if (journal !== null && journal.digest === receipt.digest) {
    synthDist(workspace, print);
    removeJournal(workspace.archives, id);
    print(farewell(id, journal.archive));
    return;
  }
  print(`${id}: offboarded already, on ${receipt.offboardedOn}; archive ${receipt.digest}`);
}

function farewell(id: string, archive: string): string {
  return (
    `${id}: offboarded; no leftovers; receipt in tenants.json\n` +
    `  → keep archives/${archive} (it holds Secrets and keys), commit tenants.json and dist/\n` +
    `  → back with pnpm restore ${id} --from archives/${archive}`
  );
}
