import { join } from 'node:path';
import { hostNamespace, offboardedByOperator, reasonOf, vclusterName } from '@tenantry/tenants';
import { readTenants } from '../dist/read.ts';
import { deploy } from '../deploy/deploy.ts';
import { editTenantsFile, findTenant, withLives } from '../dist/edit-tenants.ts';
import { UsageError } from '../cli/errors.ts';
import { getRelease } from '../tools/helm.ts';
import { findHost } from '../cluster/host.ts';
import type { Context } from '../cli/run-main.ts';
import { readFleet, synthDist } from '../dist/synth.ts';
import { today } from '../cli/dates.ts';
import { removeArchive, store } from './archive-store.ts';
import { deleteTenant, finishDeleted, isBeingDeleted } from './delete-tenant.ts';
import { type Journal, readJournal, writeJournal } from './journal.ts';
import { getNamespace } from '../kube/namespaces.ts';
import { proveArchive } from './verify-archive.ts';
import { checkCapacity, clusterWideOf, removeScratch } from './temporary-vcluster.ts';
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
    return finishDeleted(surroundings, fleet, id, journal);
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
    return deleteTenant(surroundings, host, journal);
  }
  if (namespace === undefined) {
    throw new UsageError(
      `${id} does not live on ${host.target.context}: there is nothing to archive\n  → take it out of tenants.json and run pnpm synth`,
    );
  }
  const volumes = await tenantVolumes(host, id);
  if (volumes.length > 0 && !options.discardVolumes) {
    const list = volumes.map(({ claim, size }) => `\n    ${claim} (${size})`).join('');
    throw new UsageError(
      `${id} has volumes, whose data no archive of ours holds; nothing was changed:${list}\n  → copy what is needed, then add --discard-volumes`,
    );
  }
  await removeScratch(host, id, signal);
  await checkCapacity(host);

  const entry = await hold(surroundings, id);
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
  await deleteTenant(surroundings, host, next);
}

/** From now on the tenant is held at zero, whoever deploys. */
async function hold(surroundings: Surroundings, id: string) {
  const { workspace, print } = surroundings;
  editTenantsFile(workspace, (text, fleet) => {
    const tenant = findTenant(fleet, id);
    const ended = offboardedByOperator(tenant, today());
    return ended === tenant ? text : withLives(text, [ended]);
  });
  synthDist(workspace, print);
  for (const { changes } of await deploy({ ...surroundings, print: () => undefined }, [id])) {
    print(`${id}: held paused${changes.length === 0 ? '' : `: ${changes.join(', ')}`}`);
  }
  return findTenant(readFleet(workspace.tenantsFile), id);
}
