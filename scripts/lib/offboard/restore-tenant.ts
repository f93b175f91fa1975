import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addTenant, type Fleet, hostNamespace } from '@tenantry/tenants';
import { activate } from '../dist/activate.ts';
import { deploy } from '../deploy/deploy.ts';
import { editTenantsFile } from '../dist/edit-tenants.ts';
import { UsageError } from '../cli/errors.ts';
import { ensureHost, type Host } from '../cluster/host.ts';
import { applyObjects } from '../tools/kubectl.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import type { Context } from '../cli/run-main.ts';
import { readFleet, synthDist } from '../dist/synth.ts';
import { openTenant, placeOf } from '../cluster/tenant-connection.ts';
import { today } from '../cli/dates.ts';
import { admitNoTenantPods, whileAlone } from './maintenance-mode.ts';
import { type Manifest, type Unpacked, unpack } from './archive.ts';
import { retrieve } from './archive-store.ts';
import { putCertificates } from './certificates.ts';
import { comparable } from '@tenantry/plan';
import { exportObjects } from './export-objects.ts';
import { getNamespace } from '../kube/namespaces.ts';
import { mustBeSame } from './verify-archive.ts';
import { renewClaims } from './renew-claims.ts';
import { restoreSnapshot } from './snapshot.ts';

type Surroundings = Pick<Context, 'workspace' | 'report' | 'signal' | 'print' | '$'>;

export interface RestoreOptions {
  /** Path of the archive. */
  readonly from: string;
  /** Path of a file with identities of age. */
  readonly identity: string | undefined;
}

/** On a namespace into which an archive is being restored: the archive's digest. */
const MARK = 'tenantry.dev/restoring';
const MARK_MANAGER = 'tenantry-restore';
const FINISHED = ' all objects are there';

/**
 * Brings an offboarded tenant back from its archive. Where a tenant of that id lives nothing is
 * touched. Interrupted anywhere, the same call takes it up again.
 */
export async function restoreTenant(
  surroundings: Surroundings,
  id: string,
  { from, identity }: RestoreOptions,
): Promise<void> {
  const { workspace, report, signal, print, $ } = surroundings;
  const { packed, digest } = await retrieve(from, identity);
  mkdirSync(workspace.state, { recursive: true, mode: 0o700 });
  using work = privateDirectory(workspace.state, `restore-${id}`);
  const file = join(work.path, 'packed.tar');
  writeFileSync(file, packed, { mode: 0o600 });
  const archived = await unpack($, file, join(work.path, 'unpacked'));
  const fleet = readFleet(workspace.tenantsFile);
  checkId(id, archived.manifest, fleet);
  const host = await ensureHost(surroundings, fleet.host.context);
  const mark = await markOf(host, id);
  if (mark !== null && !mark.startsWith(digest)) {
    throw new UsageError(
      `${id} lives on ${host.target.context} already; nothing was changed\n  → pnpm offboard ${id} first, if the archive is to take its place`,
    );
  }
  if (mark === null || !mark.endsWith(FINISHED)) {
    addPaused(surroundings, archived.manifest);
    await setMark(host, id, digest);
    await deploy(surroundings, [id]);
    await report.step(`restore of ${id}`, () =>
      restoreObjects(host, id, archived, { state: workspace.state, signal }),
    );
    const { objects } = archived;
    print(`${id}: ${comparable(objects).length} of ${objects.length} objects compared, all there`);
    await setMark(host, id, `${digest}${FINISHED}`);
  }
  activate(surroundings, id);
  await deploy(surroundings, [id]);
  await setMark(host, id, null);
}

/** @throws UsageError where the id is another's */
function checkId(id: string, { tenant }: Manifest, { tenants }: Fleet): void {
  if (tenant.id !== id) {
    throw new UsageError(
      `the archive is of ${tenant.id}, not of ${id}; nothing was changed\n  → pnpm restore ${tenant.id} --from …`,
    );
  }
  const there = tenants.find((each) => each.id === id);
  if (there !== undefined && there.name !== tenant['name']) {
    throw new UsageError(
      `${id} in tenants.json is ${JSON.stringify(there.name)}, the archive is of ${JSON.stringify(tenant['name'])}; nothing was changed\n  → a new tenant gets none of the old one's data`,
    );
  }
}

/** The archive that is being restored into a tenant's namespace; null where there is no namespace. */
async function markOf(host: Host, id: string): Promise<string | null> {
  const namespace = await getNamespace(host, hostNamespace(id));
  if (namespace === undefined) return null;
  return namespace.metadata.annotations?.[MARK] ?? '';
}

async function setMark({ $, target }: Host, id: string, mark: string | null): Promise<void> {
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: hostNamespace(id), ...(mark !== null && { annotations: { [MARK]: mark } }) },
  };
  await applyObjects($, target, [namespace], { fieldManager: MARK_MANAGER });
}

/** Held at zero until the objects are there. */
function addPaused({ workspace, print }: Surroundings, { tenant }: Manifest): void {
  editTenantsFile(workspace, (text, { tenants }) =>
    tenants.some(({ id }) => id === tenant.id)
      ? text
      : addTenant(text, {
          ...tenant,
          state: 'paused',
          pausedBy: 'operator',
          pausedSince: today(),
        }),
  );
  synthDist(workspace, print);
}

async function restoreObjects(
  host: Host,
  id: string,
  { objects, certificates, snapshot }: Unpacked,
  { state, signal }: { readonly state: string; readonly signal: AbortSignal },
): Promise<void> {
  const place = placeOf(id);
  await admitNoTenantPods(host, id);
  // With the same authority, kubeconfigs and tokens of before are good again.
  await putCertificates(host, place, certificates);
  await restoreSnapshot(host, place, snapshot, signal);
  await whileAlone(
    host,
    place,
    async () => {
      await using connection = await openTenant(host, id, state, signal);
      mustBeSame(id, objects, await exportObjects(host.$, connection.target));
      await renewClaims(host.$, connection.target, objects);
    },
    signal,
  );
}
