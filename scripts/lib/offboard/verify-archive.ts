import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Tenant } from '@tenantry/tenants';
import type { TenantDist } from '../dist/read.ts';
import { Fault } from '../cli/errors.ts';
import type { Host } from '../cluster/host.ts';
import type { KubeObject } from '../tools/kubectl.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import type { Report } from '../cli/report.ts';
import { openTenant, placeOf } from '../cluster/tenant-connection.ts';
import { admitNoTenantPods, whileAlone } from './maintenance-mode.ts';
import { pack, unpack } from './archive.ts';
import { archiveName, seal, type Sealed } from './archive-store.ts';
import { readCertificates } from './certificates.ts';
import { comparable, differences } from '@tenantry/plan';
import { exportObjects } from './export-objects.ts';
import { restoredInScratch } from './temporary-vcluster.ts';
import { takeSnapshot } from './snapshot.ts';

export interface ProveOptions {
  /** A private directory for what lives as long as the command. */
  readonly state: string;
  /** Of age; the archive is encrypted for it. */
  readonly recipient: string | undefined;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** An archive that has been restored once, and held all of its objects. */
export interface Proved {
  /** Its file name. */
  readonly archive: string;
  readonly sealed: Sealed;
  readonly objects: number;
}

const DIFFERENCES_SHOWN = 10;

/**
 * Archives a tenant that is held paused, restores the archive into a scratch vcluster and compares
 * the two object by object. @throws Fault where they differ; then there is no archive
 */
export async function proveArchive(
  host: Host,
  tenant: TenantDist,
  entry: Tenant,
  { state, recipient, report, signal }: ProveOptions,
): Promise<Proved> {
  using work = privateDirectory(state, `offboard-${tenant.id}`);
  const [contents, packed] = [join(work.path, 'contents'), join(work.path, 'packed.tar')];
  mkdirSync(contents);
  const archivedAt = new Date().toISOString();
  await report.step(`archive of ${tenant.id}`, async () => {
    await admitNoTenantPods(host, tenant.id);
    const snapshot = join(contents, 'snapshot.tar.gz');
    const live = await whileAlone(
      host,
      placeOf(tenant.id),
      async () => {
        await using connection = await openTenant(host, tenant.id, state, signal);
        const objects = await exportObjects(host.$, connection.target);
        await takeSnapshot(host, placeOf(tenant.id), snapshot);
        return { objects, certificates: await readCertificates(host, placeOf(tenant.id)) };
      },
      signal,
    );
    const manifest = {
      version: 1 as const,
      tenant: entryOf(entry),
      archivedAt,
      chartVersion: tenant.chartVersion,
      objects: live.objects.length,
    };
    await pack(host.$, contents, packed, { manifest, ...live });
  });
  const archived = await unpack(host.$, packed, join(work.path, 'unpacked'));
  await report.step(`restore of ${tenant.id} into a scratch vcluster`, async () => {
    const restored = await restoredInScratch(host, tenant, archived, { state, signal });
    mustBeSame(tenant.id, archived.objects, restored);
  });
  report.line(
    `${tenant.id}: ${comparable(archived.objects).length} of ${archived.objects.length} objects compared, all restored; the others a cluster makes by itself`,
  );
  const archive = archiveName(tenant.id, archivedAt, recipient !== undefined);
  return { archive, sealed: await seal(packed, recipient), objects: archived.objects.length };
}

/** @throws Fault naming the objects that did not come back as they were */
export function mustBeSame(
  id: string,
  archived: readonly KubeObject[],
  restored: readonly KubeObject[],
): void {
  const found = differences(archived, restored);
  if (found.length === 0) return;
  const shown = found.slice(0, DIFFERENCES_SHOWN).map((line) => `\n    ${line}`);
  const more = found.length - shown.length;
  throw new Fault({
    what: `${id}: the restored vcluster is not the archived one`,
    why: `${found.length} objects differ${shown.join('')}${more > 0 ? `\n    and ${more} more` : ''}`,
    todo: 'nothing was deleted; run the command again, and where it stays, look at these objects',
  });
}

function entryOf({ id, name, plan, paidThrough }: Tenant) {
  return { id, name, plan: plan.name, ...(paidThrough !== null && { paidThrough }) };
}
