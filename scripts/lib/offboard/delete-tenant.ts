import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addReceipt, type Fleet, hostNamespace, removeTenant } from '@tenantry/tenants';
import {
  type KubeObject,
  objectOf,
  type ObjectOf,
  outlastingNamespace,
  placeOf,
} from '@tenantry/plan';
import type { V1StatefulSet } from '@tenantry/kube-library';
import { editTenantsOnly, findTenant } from '../dist/edit-tenants.ts';
import { Fault } from '../cli/errors.ts';
import type { ConnectedHost } from '../cluster/host.ts';
import { readRecord, removeRecord } from '../cluster/records.ts';
import { statefulSetOf } from '../deploy/pause-tenant.ts';
import type { KubeClient } from '../kube/client.ts';
import { read, remove } from '../kube/requests.ts';
import type { Context } from '../cli/run-main.ts';
import { synthDist } from '../dist/synth.ts';
import { shown } from '../dist/tenants-file.ts';
import { secretsPath } from '../secrets/read-secrets.ts';
import { today } from '../cli/dates.ts';
import type { Workspace } from '../cli/workspace.ts';
import { type Journal, removeJournal } from './journal.ts';
import { deleteClusterRoles, waitForNoLeftovers } from './leftovers.ts';
import { forgetTenant, isFluxAtWork } from '../handover/flux-objects.ts';
import { deleteNamespace, readNamespace } from '../kube/namespaces.ts';
import { removeTemporary } from './temporary-vcluster.ts';
import { digestOf } from './archive-store.ts';

type Surroundings = Pick<Context, 'workspace' | 'report' | 'signal' | 'print'>;

/** Whether the archive is there, and the namespace that was archived gone or on its way. */
export function isBeingDeleted(
  { archives }: Pick<Workspace, 'archives'>,
  { archive, namespaceUid }: Journal,
  namespace: KubeObject | null,
): boolean {
  if (!existsSync(join(archives, archive))) return false;
  if (namespace === null) return true;
  const { uid, deletionTimestamp } = namespace.metadata;
  return uid === namespaceUid && deletionTimestamp !== undefined;
}

/** Deletes what the journal says is verified, looks for leftovers, and writes the receipt. */
export async function deleteTenant(
  surroundings: Surroundings,
  { client }: ConnectedHost,
  journal: Journal,
): Promise<void> {
  const { workspace, report, signal } = surroundings;
  const { id } = journal;
  await mustBeWhole(workspace, journal);
  await mustStillBeHeld(client, journal);
  await report.of(id).step('deletion', () => deleteFromHost({ report, signal }, client, id));
  if (await isFluxAtWork(client)) await forgetTenant(client, id, signal);
  const receipt = {
    id,
    offboardedOn: today(),
    reason: journal.reason,
    digest: journal.digest,
    objects: journal.objects,
    volumes: journal.volumes,
    ...(journal.archivedVolumes > 0 && { archivedVolumes: journal.archivedVolumes }),
    ...(journal.unreadable.length > 0 && { unreadable: journal.unreadable }),
  };
  await editTenantsOnly(workspace, (text) => ({
    text: addReceipt(removeTenant(text, id), receipt),
  }));
  await finish(surroundings, journal);
}

/** Deletes all that a host has of a tenant, and waits until nothing is left. */
export async function deleteFromHost(
  { report, signal }: Pick<Surroundings, 'report' | 'signal'>,
  client: KubeClient,
  id: string,
): Promise<void> {
  const forced = await deleteNamespace(client, hostNamespace(id), signal);
  if (forced.length > 0) {
    report.line(`${id}: deleted by force, with their finalizers: ${forced.join(', ')}`);
  }
  await removeTemporary(client, id, signal);
  await deleteClusterRoles(client, [hostNamespace(id)]);
  await waitForNoLeftovers(client, id, signal);
  const { inventory } = await readRecord(client, id);
  for (const reference of outlastingNamespace(id, inventory)) {
    await remove(client, objectOf(reference));
  }
  await removeRecord(client, id);
}

/** @throws Fault where the archive that was verified is another one by now */
async function mustBeWhole({ archives }: Workspace, { id, archive, digest }: Journal) {
  const found = await digestOf(join(archives, archive));
  if (found === digest) return;
  throw new Fault({
    what: `${id} was not deleted`,
    why: `archives/${archive} is not the archive that was verified: it is ${found}, and was ${digest}`,
    todo: `put the right one back, or remove it and archives/${id}.offboarding.json, and run pnpm offboard ${id} again`,
  });
}

/** What has become on a host of a tenant since its namespace, held at zero, was archived. */
export async function stateSince(
  host: KubeClient,
  id: string,
  namespaceUid: string,
): Promise<'held' | 'brought back' | 'gone'> {
  const namespace = await readNamespace(host, hostNamespace(id));
  if (namespace === null || namespace.metadata.deletionTimestamp !== undefined) return 'gone';
  const statefulSet: ObjectOf<V1StatefulSet> | null = await read(host, statefulSetOf(placeOf(id)));
  const { replicas = 0 } = statefulSet?.spec ?? {};
  return namespace.metadata.uid === namespaceUid && replicas === 0 ? 'held' : 'brought back';
}

/** @throws Fault where somebody has brought the tenant back since it was archived */
async function mustStillBeHeld(host: KubeClient, { id, namespaceUid }: Journal): Promise<void> {
  if ((await stateSince(host, id, namespaceUid)) !== 'brought back') return;
  throw new Fault({
    what: `${id} was not deleted`,
    why: 'it was brought back after it was archived, and may have changed since',
    todo: `run pnpm offboard ${id} again, if it is still meant to end`,
  });
}

/** The tenant is out of tenants.json: what is left is to do what comes after that. */
export async function finishDeleted(
  surroundings: Surroundings,
  fleet: Fleet,
  id: string,
  journal: Journal | null,
): Promise<void> {
  const receipt = fleet.offboarded.findLast((each) => each.id === id);
  if (receipt === undefined) {
    findTenant(fleet, id);
    return;
  }
  if (journal !== null && journal.digest === receipt.digest) {
    await finish(surroundings, journal);
    return;
  }
  surroundings.print(
    `${id}: offboarded already, on ${receipt.offboardedOn}; archive ${receipt.digest}`,
  );
}

async function finish({ workspace, print }: Surroundings, { id, archive }: Journal): Promise<void> {
  const secrets = secretsPath(workspace.secrets, id);
  const changed = ['tenants.json', 'dist/', ...(existsSync(secrets) ? [shown(secrets)] : [])];
  rmSync(secrets, { force: true });
  await synthDist(workspace, print);
  removeJournal(workspace.archives, id);
  print(
    `${id}: offboarded; no leftovers; receipt in tenants.json\n` +
      `  → keep archives/${archive} (it holds Secrets and keys), commit ${changed.join(', ')}\n` +
      `  → back with pnpm restore ${id} --from archives/${archive}`,
  );
}
