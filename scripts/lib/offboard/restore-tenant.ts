import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { versions } from '@tenantry/sealed/versions';
import { addTenant, DEFAULT_HOST, type Fleet, hostNamespace } from '@tenantry/tenants';
import { placeOf } from '@tenantry/plan';
import { activate } from '../dist/activate.ts';
import { deploy } from '../deploy/deploy.ts';
import { HAND_BACK, refuseFlux } from '../deploy/engine.ts';
import { editTenants } from '../dist/edit-tenants.ts';
import { hostFor } from '../dist/host-for.ts';
import { ExpectedError, UsageError } from '../cli/errors.ts';
import { checkManifest } from './check-manifest.ts';
import { checkReceipt } from './check-receipt.ts';
import { type ConnectedHost, connectHost, ensureHost } from '../cluster/host.ts';
import type { KubeClient } from '../kube/client.ts';
import { apply } from '../kube/requests.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import type { Context } from '../cli/run-main.ts';
import { readTenants, type TenantDist } from '../dist/read.ts';
import { readFleet } from '../dist/synth.ts';
import { waitForVirtual } from '../cluster/virtual-client.ts';
import { today } from '../cli/dates.ts';
import { admitNoTenantPods, inMaintenanceMode } from './maintenance-mode.ts';
import { type Archive, type Manifest, unpackArchive } from './archive.ts';
import { heldEntry } from './archived-tenant.ts';
import { copyArchive, decryptArchive, digestOfArchive } from './archive-store.ts';
import { putCertificates } from './certificates.ts';
import { exportObjects } from './export-objects.ts';
import { readNamespace } from '../kube/namespaces.ts';
import { mustBeSame } from './verify-archive.ts';
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

/** On a namespace into which an archive is being restored: the archive's digest. */
const PROGRESS = 'tenantry.dev/restoring';
const PROGRESS_MANAGER = 'tenantry-restore';
const FINISHED = ' all objects are there';

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
  checkManifest(id, archived.manifest, fleet, versions.vcluster);
  const host = await connectHost(await ensureHost(surroundings, wanted.context));
  await restoreArchive(surroundings, host, id, {
    digest,
    archived,
    declare: () => addPaused(surroundings, archived.manifest, wanted.name),
  });
  await activate(surroundings, id);
  await deploy(surroundings, [id]);
  await forgetRestore(host.client, id);
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
  const progress = await progressOf(host.client, id);
  if (progress !== null && !progress.startsWith(digest)) {
    throw new UsageError(
      `${id} lives on ${host.target.context} already; nothing was changed\n  → pnpm offboard ${id} first, if the archive is to take its place`,
    );
  }
  if (progress?.endsWith(FINISHED) === true) return;
  await declare();
  await setProgress(host.client, id, digest);
  await deploy(surroundings, [id]);
  const [tenant] = readTenants(workspace.dist, [id]);
  if (tenant === undefined) throw new ExpectedError(`${id} is not in dist/`);
  await report.of(id).step('restore', () => restoreAll(host, tenant, archived, signal));
  const { fingerprints, count } = archived.index;
  print(`${id}: ${fingerprints.size} of ${count} objects compared, all there`);
  for (const { name, bytes } of archived.manifest.volumes) {
    print(`${id}: data of ${name} compared, the same ${bytes} bytes`);
  }
  await setProgress(host.client, id, `${digest}${FINISHED}`);
}

/** Takes the mark away that a restore has left. */
export async function forgetRestore(host: KubeClient, id: string): Promise<void> {
  await setProgress(host, id, null);
}

/** The archive that is being restored into a tenant's namespace; null where there is no namespace. */
async function progressOf(host: KubeClient, id: string): Promise<string | null> {
  const namespace = await readNamespace(host, hostNamespace(id));
  if (namespace === null) return null;
  return namespace.metadata.annotations?.[PROGRESS] ?? '';
}

async function setProgress(host: KubeClient, id: string, progress: string | null): Promise<void> {
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: hostNamespace(id),
      ...(progress !== null && { annotations: { [PROGRESS]: progress } }),
    },
  };
  await apply(host, namespace, { force: false, fieldManager: PROGRESS_MANAGER });
}

/** Held at zero until the objects are there. */
async function addPaused(
  { workspace, print }: Surroundings,
  { tenant }: Manifest,
  host: string,
): Promise<void> {
  const held = { ...heldEntry(tenant, today()), ...(host !== DEFAULT_HOST && { host }) };
  const add = (text: string, { tenants }: Fleet) => ({
    text: tenants.some(({ id }) => id === tenant.id) ? text : addTenant(text, held),
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
