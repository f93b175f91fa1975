import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Fleet, hostNamespace, offboardedByOperator, reasonOf } from '@tenantry/tenants';
import { type Done, placeOf } from '@tenantry/plan';
import { readTenants } from '../dist/read.ts';
import { deploy } from '../deploy/deploy.ts';
import { describeEnded, endPods } from '../deploy/pause-tenant.ts';
import { suspendTenant } from '../handover/flux-objects.ts';
import type { KubeClient } from '../kube/client.ts';
import { summarizeChanges } from '../progress/summarize-changes.ts';
import { editTenants, findTenant, withStates } from '../dist/edit-tenants.ts';
import { ExpectedError, UsageError } from '../cli/errors.ts';
import { connectHost, findHost } from '../cluster/host.ts';
import type { Context } from '../cli/run-main.ts';
import { readFleet } from '../dist/synth.ts';
import { today } from '../cli/dates.ts';
import { removeArchive, storeArchive } from './archive-store.ts';
import { deleteTenant, finishDeleted, isBeingDeleted } from './delete-tenant.ts';
import { type Journal, readJournal, writeJournal } from './journal.ts';
import { readNamespace } from '../kube/namespaces.ts';
import { makeVerifiedArchive } from './verify-archive.ts';
import { checkCapacity, removeTemporary } from './temporary-vcluster.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import type { Workspace } from '../cli/workspace.ts';
import { splitVolumes, volumeStreams } from './volume-streams.ts';
import { type TenantVolume, tenantVolumes } from './volumes.ts';

type Surroundings = Pick<Context, 'workspace' | 'report' | 'signal' | 'print'>;

export interface OffboardOptions {
  readonly recipient: string | undefined;
  readonly discardVolumes: boolean;
  /** Resources that need not be readable, by name; what they hold is then in the snapshot only. */
  readonly acceptUnreadable: readonly string[];
  /** Asks whether it is meant. @throws UsageError where it is not */
  readonly confirm: () => Promise<void>;
}

/**
 * Ends a tenant: holds it paused, archives it, verifies the archive, deletes all of it and writes
 * the receipt. Interrupted anywhere, the same call takes it up again.
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

  const host = await connectHost(await findHost(surroundings, tenant.host.context));
  const { client } = host;
  const namespace = await readNamespace(client, hostNamespace(id));
  if (journal !== null && isBeingDeleted(workspace, journal, namespace)) {
    return deleteTenant(surroundings, host, journal);
  }
  if (namespace === null) {
    throw new UsageError(
      `${id} does not live on ${host.target.context}: there is nothing to archive\n  → take it out of tenants.json and run pnpm synth`,
    );
  }
  const volumes = await tenantVolumes(client, id);
  const { streams, rest } = splitVolumes(id, volumes, knownStreams(workspace, id, volumes));
  if (rest.length > 0 && !options.discardVolumes) {
    const list = rest.map(({ claim, size }) => `\n    ${claim} (${size})`).join('');
    throw new UsageError(
      `${id} has volumes, whose data no archive of ours holds; nothing was changed:${list}\n  → copy what is needed, then add --discard-volumes`,
    );
  }
  const { state } = workspace;
  await removeTemporary(client, id, signal);
  await checkCapacity(host);

  const entry = await hold(surroundings, client, id, options);
  const [dist] = readTenants(workspace.dist, [id]);
  if (dist === undefined) throw new ExpectedError(`${id} is not in dist/`);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  using work = privateDirectory(state, `offboard-${id}`);
  const verified = await makeVerifiedArchive(host, dist, entry, {
    ...surroundings,
    ...options,
    streams,
    state,
    work: work.path,
  });
  const { archive, digest, manifest } = verified;
  const next: Journal = {
    id,
    namespaceUid: namespace.metadata.uid ?? '',
    archive,
    digest,
    objects: manifest.objects,
    volumes: volumes.length,
    archivedVolumes: volumes.length - rest.length,
    reason: reasonOf(entry),
    unreadable: manifest.unreadable,
  };
  // First, so that a run that is killed here leaves no archive that nobody knows of.
  writeJournal(workspace.archives, next);
  // One of a namespace that is gone is all that there is of it.
  if (journal !== null && journal.namespaceUid === next.namespaceUid) {
    removeArchive(join(workspace.archives, journal.archive));
  }
  storeArchive(join(workspace.archives, archive), verified);
  const data = manifest.volumes.map(({ name, bytes }) => `, data of ${name} (${bytes} bytes)`);
  print(`${id}: ${manifest.objects} objects${data.join('')} in archives/${archive}, ${digest}`);
  await deleteTenant(surroundings, host, next);
}

/** What the workload knows to archive, where there is anything to archive. */
function knownStreams({ dist }: Workspace, id: string, volumes: readonly TenantVolume[]) {
  if (volumes.length === 0) return [];
  return readTenants(dist, [id]).flatMap(({ virtualObjects }) => volumeStreams(virtualObjects));
}

/** From now on the tenant is held at zero, whoever deploys. */
async function hold(
  surroundings: Surroundings,
  client: KubeClient,
  id: string,
  { recipient }: Pick<OffboardOptions, 'recipient'>,
) {
  const { workspace, report, signal, print } = surroundings;
  // That it is held paused is no end of it here: only the steps are told.
  const stepsOnly = { ...report, tenants: () => undefined, tenantDone: () => undefined };
  const begin = (text: string, fleet: Fleet) => {
    const tenant = findTenant(fleet, id);
    const ended = offboardedByOperator(tenant, today());
    return { text: ended === tenant ? text : withStates(text, [ended]) };
  };
  await editTenants(workspace, begin, print);
  const tenant = findTenant(readFleet(workspace.tenantsFile), id);
  const outcomes =
    tenant.host.engine === 'flux'
      ? [{ changes: await holdBesideFlux(client, id, signal) }]
      : await deploy({ ...surroundings, report: stepsOnly, print: () => undefined }, [id], {
          recipient,
        });
  for (const { changes } of outcomes) {
    print(
      `${id}: held paused${changes.length === 0 ? '' : `: ${summarizeChanges(changes).join(', ')}`}`,
    );
  }
  return tenant;
}

/** Flux leaves it as it is until it is merged that it is gone. */
async function holdBesideFlux(
  client: KubeClient,
  id: string,
  signal: AbortSignal,
): Promise<readonly Done[]> {
  await suspendTenant(client, id);
  return describeEnded(await endPods(client, placeOf(id), signal));
}
