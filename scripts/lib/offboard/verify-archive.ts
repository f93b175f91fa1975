import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Tenant } from '@tenantry/tenants';
import { placeOf } from '@tenantry/plan';
import type { TenantDist } from '../dist/read.ts';
import { Fault } from '../cli/errors.ts';
import type { ConnectedHost } from '../cluster/host.ts';
import { oneLine } from '../cli/one-line.ts';
import type { Report } from '../cli/report.ts';
import { waitForVirtual } from '../cluster/virtual-client.ts';
import { admitNoTenantPods, inMaintenanceMode } from './maintenance-mode.ts';
import { type Manifest, OBJECTS, packArchive, SNAPSHOT, unpackArchive } from './archive.ts';
import { archiveName, encryptArchive, type SealedArchive } from './archive-store.ts';
import { archivedTenant } from './archived-tenant.ts';
import { readCertificates } from './certificates.ts';
import { differences } from './compare-objects.ts';
import { exportObjects } from './export-objects.ts';
import type { ObjectIndex } from './object-index.ts';
import { mustBeRestored } from './restore-progress.ts';
import { restoreIntoTemporary } from './temporary-vcluster.ts';
import { takeSnapshot } from './snapshot.ts';
import { dumpVolumes } from './transfer-volumes.ts';
import type { VolumeStream } from './volume-streams.ts';

export interface VerifyOptions {
  /** A private directory for what lives as long as the command. */
  readonly state: string;
  /** A private directory, empty, that outlives this call: the archive is left in it. */
  readonly work: string;
  /** Of age; the archive is encrypted for it. */
  readonly recipient: string | undefined;
  /** What need not be readable, by name. */
  readonly acceptUnreadable: readonly string[];
  /** The volumes whose data goes into the archive. */
  readonly streams: readonly VolumeStream[];
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** An archive that has been restored once, and held all of its objects. */
export interface VerifiedArchive extends SealedArchive {
  /** Its file name in archives/. */
  readonly archive: string;
  readonly manifest: Manifest;
}

const DIFFERENCES_SHOWN = 10;

/**
 * Archives a tenant that is held paused, restores the archive into a temporary vcluster and compares
 * the two object by object. @throws Fault where they differ; then there is no archive
 */
export async function makeVerifiedArchive(
  host: ConnectedHost,
  tenant: TenantDist,
  entry: Tenant,
  { state, work, recipient, acceptUnreadable, streams, report, signal }: VerifyOptions,
): Promise<VerifiedArchive> {
  const [contents, packed] = [join(work, 'contents'), join(work, 'packed.tar')];
  mkdirSync(contents, { mode: 0o700 });
  const archivedAt = new Date().toISOString();
  await report.of(tenant.id).step('archive', async () => {
    await mustBeRestored(host.client, tenant.id);
    await admitNoTenantPods(host.client, tenant.id);
    const transfer = { host, tenant, directory: contents, signal };
    const volumes = await dumpVolumes(transfer, streams, entry.plan.storage);
    await inMaintenanceMode(
      host.client,
      placeOf(tenant.id),
      async () => {
        await using virtual = await waitForVirtual(host.client, placeOf(tenant.id), signal);
        const file = join(contents, OBJECTS);
        const { count, unreadable } = await exportObjects(virtual.client, {
          acceptUnreadable,
          file,
          signal,
        });
        await takeSnapshot(host, placeOf(tenant.id), join(contents, SNAPSHOT), { signal });
        const manifest: Manifest = {
          version: 1,
          tenant: archivedTenant(entry),
          archivedAt,
          chartVersion: tenant.chartVersion,
          objects: count,
          unreadable,
          volumes,
        };
        const certificates = await readCertificates(host.client, placeOf(tenant.id));
        packArchive(contents, packed, { manifest, certificates });
      },
      signal,
    );
  });
  const archived = await unpackArchive(packed, join(work, 'unpacked'));
  const { manifest, index } = archived;
  await report.of(tenant.id).step('trial restore', async () => {
    const restored = await restoreIntoTemporary(host, tenant, archived, {
      state,
      streams,
      signal,
    });
    mustBeSame(tenant.id, index, restored);
  });
  const { fingerprints, count } = index;
  report.line(
    `${tenant.id}: ${fingerprints.size} of ${count} objects compared, all restored; the others a cluster makes by itself`,
  );
  for (const { name, bytes } of manifest.volumes) {
    report.line(
      `${tenant.id}: data of ${name} restored into a new volume, the same ${bytes} bytes`,
    );
  }
  if (manifest.unreadable.length > 0) {
    report.line(
      `${tenant.id}: in the snapshot only, not compared: ${manifest.unreadable.join(', ')}`,
    );
  }
  const archive = archiveName(tenant.id, archivedAt, recipient !== undefined);
  return { archive, manifest, ...(await encryptArchive(packed, recipient)) };
}

/** @throws Fault naming the objects that did not come back as they were */
export function mustBeSame(
  id: string,
  archived: Pick<ObjectIndex, 'fingerprints'>,
  restored: Pick<ObjectIndex, 'fingerprints'>,
): void {
  const found = differences(archived.fingerprints, restored.fingerprints);
  if (found.length === 0) return;
  const shown = found.slice(0, DIFFERENCES_SHOWN).map((line) => `\n    ${oneLine(line)}`);
  const more = found.length - shown.length;
  throw new Fault({
    what: `${id}: the restored vcluster is not the archived one`,
    why: `${found.length} objects differ${shown.join('')}${more > 0 ? `\n    and ${more} more` : ''}`,
    todo: 'nothing was deleted; run the command again, and where it stays, look at these objects',
  });
}
