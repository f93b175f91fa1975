import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Fleet, hostNamespace } from '@tenantry/tenants';
import { placeOf, restoreProgressOf } from '@tenantry/plan';
import { activate } from '../dist/activate.ts';
import { deploy } from '../deploy/deploy.ts';
import { HAND_BACK, refuseFlux, refuseFluxAtWork } from '../deploy/engine.ts';
import { editTenants, withPaused } from '../dist/edit-tenants.ts';
import { hostFor } from '../dist/host-for.ts';
import { ExpectedError, UsageError } from '../cli/errors.ts';
import { checkManifest } from './check-manifest.ts';
import { checkReceipt } from './check-receipt.ts';
import { type ConnectedHost, connectHost, ensureHost } from '../cluster/host.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import type { Context } from '../cli/run-main.ts';
import { readTenants, type TenantDist } from '../dist/read.ts';
import { readFleet } from '../dist/synth.ts';
import { readNamespace } from '../kube/namespaces.ts';
import { waitForVirtual } from '../cluster/virtual-client.ts';
import { today } from '../cli/dates.ts';
import { admitNoTenantPods, inMaintenanceMode } from './maintenance-mode.ts';
import { type Archive, type Manifest, unpackArchive } from './archive.ts';
import { addHeld } from './archived-tenant.ts';
import { copyArchive, decryptArchive, digestOfArchive } from './archive-store.ts';
import { putCertificates } from './certificates.ts';
import { exportObjects } from './export-objects.ts';
import { mustBeSame } from './verify-archive.ts';
import { setProgress } from './restore-progress.ts';
import { renewClaims } from './renew-claims.ts';
import { restoreSnapshot } from './snapshot.ts';
import { paired, restoreVolumes, waitForClaims } from './transfer-volumes.ts';
import { volumeStreams } from './volume-streams.ts';

type Surroundings = Pick<Context, 'workspace' | 'report' | 'signal' | 'print'>;

export interface RestoreOptions {
  /** Path of the archive. */
  readonly from: string;
  /** Path of a file with identities of age. */
  readonly identity: string | undefined;
  /** The name of the host; needed where there are several and the tenant is on none yet. */
  readonly host: string | undefined;
}

/**
 * Brings an offboarded tenant back from its archive. Where a tenant of that id lives nothing is
 * touched. Interrupted anywhere, the same call takes it up again.
 */
export async function restoreTenant(
  surroundings: Surroundings,
  id: string,
  { from, identity, host: named }: RestoreOptions,
): Promise<void> {
  const { workspace } = surroundings;
  const fleet = readFleet(workspace.tenantsFile);
  const wanted = hostFor(fleet, id, named);
  refuseFlux([wanted], HAND_BACK);
  const digest = await digestOfArchive(from);
  checkReceipt(id, digest, fleet.offboarded);
  mkdirSync(workspace.state, { recursive: true, mode: 0o700 });
  using work = privateDirectory(workspace.state, 'restore');
  const copy = join(work.path, 'archive');
  const { size } = statSync(from);
  await copyArchive(from, copy, digest, size);
  const packed = await decryptArchive(copy, identity, size);
  const archived = await unpackArchive(packed, join(work.path, 'unpacked'));
  checkManifest(id, archived.manifest, fleet);
  const host = await connectHost(await ensureHost(surroundings, wanted.context));
  await refuseFluxAtWork(host.client, wanted.name, HAND_BACK);
  await restoreArchive(surroundings, host, id, {
    digest,
    archived,
    declare: () => addPaused(surroundings, archived.manifest, wanted.name),
  });
  await activate(surroundings, id);
  await deploy(surroundings, [id]);
  await setProgress(host.client, id, null);
}

/** An archive to be restored into a tenant that dist/ has as paused, once it is declared so. */
export interface DeclaredArchive {
  /** Of the archive as it is stored: `sha256:…`. */
  readonly digest: string;
  readonly archived: Archive;
  readonly declare: () => Promise<void>;
}

/**
 * Restores an archive into a tenant and compares, where that is not done yet; leaves a mark that
 * says so. @throws UsageError where a tenant of that id lives there
 */
export async function restoreArchive(
  surroundings: Surroundings,
  host: ConnectedHost,
  id: string,
  { digest, archived, declare }: DeclaredArchive,
): Promise<void> {
  const { workspace, report, signal, print } = surroundings;
  const namespace = await readNamespace(host.client, hostNamespace(id));
  const progress = namespace === null ? null : restoreProgressOf(namespace);
  if (namespace !== null && progress?.digest !== digest) {
    throw new UsageError(
      `${id} lives on ${host.target.context} already; nothing was changed\n  → pnpm offboard ${id} first, if the archive is to take its place`,
    );
  }
  if (progress?.finished === true) return;
  await declare();
  await setProgress(host.client, id, { digest, held: false, finished: false });
  await deploy(surroundings, [id]);
  const [tenant] = readTenants(workspace.dist, [id]);
  if (tenant === undefined) throw new ExpectedError(`${id} is not in dist/`);
  await report.of(id).step('restore', () => restoreAll(host, tenant, archived, signal));
  const { fingerprints, count } = archived.index;
  print(`${id}: ${fingerprints.size} of ${count} objects compared, all there`);
  for (const { name, bytes } of archived.manifest.volumes) {
    print(`${id}: data of ${name} compared, the same ${bytes} bytes`);
  }
  await setProgress(host.client, id, { digest, held: false, finished: true });
}

/** Held at zero until the objects are there. */
async function addPaused(
  { workspace, print }: Surroundings,
  manifest: Manifest,
  host: string,
): Promise<void> {
  const { id } = manifest.tenant;
  const add = (text: string, fleet: Fleet) => ({
    // Somebody may have resumed it since an interruption.
    text: fleet.tenants.some((each) => each.id === id)
      ? withPaused(text, fleet, id)
      : addHeld(text, manifest, { host, pausedSince: today() }),
  });
  await editTenants(workspace, add, print);
}

async function restoreAll(
  host: ConnectedHost,
  tenant: TenantDist,
  { directory, manifest, index, certificates, snapshot }: Archive,
  signal: AbortSignal,
): Promise<void> {
  const { client } = host;
  const { id } = tenant;
  const known = volumeStreams(tenant.virtualObjects);
  const streams = paired(manifest.volumes, known).map(({ stream }) => stream);
  const place = placeOf(id);
  await admitNoTenantPods(client, id);
  // With the same authority, kubeconfigs and tokens of before are good again.
  await putCertificates(client, place, certificates);
  await restoreSnapshot(host, place, snapshot, signal);
  await inMaintenanceMode(
    client,
    place,
    async () => {
      await using virtual = await waitForVirtual(client, place, signal);
      const options = { acceptUnreadable: manifest.unreadable, signal };
      mustBeSame(id, index, await exportObjects(virtual.client, options));
      await renewClaims(virtual.client, index.boundClaims);
      await waitForClaims(client, virtual.client, id, streams, signal);
    },
    signal,
  );
  await restoreVolumes({ host, tenant, directory, signal }, streams, manifest.volumes);
}
