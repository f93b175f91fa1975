import { mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { RestoreProgress } from '@tenantry/plan';
import { kubernetesVersions, vclusterVersions } from '@tenantry/sealed/tenant-versions';
import { type Fleet, setTenantKeys, type Tenant, type Versions } from '@tenantry/tenants';
import { messageOf, UsageError } from '../cli/errors.ts';
import type { Context } from '../cli/run-main.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import { HAND_BACK, refuseFlux } from '../deploy/engine.ts';
import { activate } from '../dist/activate.ts';
import { editTenants, findTenant, withPaused } from '../dist/edit-tenants.ts';
import { hostFor } from '../dist/host-for.ts';
import { readFleet } from '../dist/tenants-file.ts';
import { MAX_SNAPSHOT_BYTES, mustUnpackTo } from '../offboard/archive.ts';
import {
  checkRecipient,
  copyArchive,
  decryptArchive,
  digestOfArchive,
} from '../offboard/archive-store.ts';
import type { SnapshotName } from './snapshot-name.ts';

/** What a way back does on the tenant's host. */
export interface RollBackMeans {
  /**
   * The restore into the tenant that has not ended; null for none.
   * @throws UsageError where the tenant does not live there, Fault where Flux is at work there
   */
  readProgress(): Promise<RestoreProgress | null>;
  /** Notes that a restore has begun, so that nobody starts the tenant; null once its data is there. */
  setProgress(progress: RestoreProgress | null): Promise<void>;
  /** Keeps a snapshot of what the tenant has, where its control plane can give one; says which, or why not. */
  keepSnapshot(): Promise<void>;
  /** Brings the tenant to what dist/ says, and takes no snapshot. */
  deploy(): Promise<void>;
  /** Restores a snapshot into the tenant, which is at zero. */
  restore(file: string): Promise<void>;
}

export interface RollBackOptions {
  /** Path of the snapshot. */
  readonly from: string;
  readonly snapshot: SnapshotName;
  /** Path of a file with identities of age. */
  readonly identity: string | undefined;
  /** The name of the host that it lives on; need not be given. */
  readonly host: string | undefined;
  /** Asks whether it is meant. @throws UsageError where it is not */
  readonly confirm: () => Promise<void>;
}

/**
 * Brings a living tenant back to a snapshot that deploy has kept: names the versions that it is of in
 * tenants.json, holds the tenant at zero with them, and has vcluster restore it. Interrupted anywhere,
 * the same call begins anew.
 */
export async function rollBack(
  context: Pick<Context, 'workspace' | 'report' | 'print'>,
  id: string,
  { from, snapshot, identity, host, confirm }: RollBackOptions,
  meansOf: (tenant: Tenant) => Promise<RollBackMeans>,
): Promise<void> {
  const { workspace, print } = context;
  const { state, tenantsFile } = workspace;
  const fleet = readFleet(tenantsFile);
  const tenant = findTenant(fleet, id);
  refuseFlux([hostFor(fleet, id, host)], HAND_BACK);
  if (workspace.recipient !== undefined) checkRecipient(workspace.recipient);
  const versions = versionsOf(tenant, snapshot, basename(from));
  const digest = await digestOfArchive(from);
  mkdirSync(state, { recursive: true, mode: 0o700 });
  using work = privateDirectory(state, `restore-${id}`);
  const copy = join(work.path, 'snapshot');
  const { size } = statSync(from);
  await copyArchive(from, copy, digest, size);
  const file = await decryptArchive(copy, identity, size);
  await mustBeSnapshot(file, from);
  await confirm();

  const means = await meansOf(tenant);
  const begun = await means.readProgress();
  // Who was paused before stays so; one that a killed run has paused, whatever it restored, is to run again.
  const held = tenant.state !== 'active' && (begun?.held ?? true);
  await means.keepSnapshot();
  await means.setProgress({ digest, held, finished: false });
  await editTenants(
    workspace,
    (text, current) => ({ text: heldAt(text, current, id, versions) }),
    print,
  );
  await means.deploy();
  await means.restore(file);
  print(`${id}: restored from ${from}`);
  if (!held) await activate(context, id);
  await means.setProgress(null);
  if (!held) await means.deploy();
  print('  → commit tenants.json, dist/');
}

/** The versions that a tenant gets with a snapshot. @throws UsageError where it cannot get it */
function versionsOf(
  tenant: Pick<Tenant, 'id' | 'versions'>,
  { id, versions: { vcluster, kubernetes } }: SnapshotName,
  name: string,
): Versions {
  if (id !== tenant.id) {
    throw new UsageError(
      `${name} is of ${id}, not of ${tenant.id}; nothing was changed\n  → pnpm restore ${id} --from …`,
    );
  }
  const versions = {
    vcluster: vcluster ?? tenant.versions.vcluster,
    kubernetes: kubernetes ?? tenant.versions.kubernetes,
  };
  const isKnown =
    Object.hasOwn(vclusterVersions, versions.vcluster) &&
    Object.hasOwn(kubernetesVersions, versions.kubernetes);
  if (isKnown) return versions;
  throw new UsageError(
    `${name} is of vcluster ${versions.vcluster} and Kubernetes ${versions.kubernetes}, which are not pinned here; nothing was changed\n  → restore it with a commit of this repository that has both`,
  );
}

/** @throws UsageError where it is none, or larger than any */
async function mustBeSnapshot(file: string, from: string): Promise<void> {
  try {
    await mustUnpackTo(file, MAX_SNAPSHOT_BYTES);
  } catch (error) {
    throw new UsageError(`${from} is no snapshot: ${messageOf(error)}; nothing was changed`, {
      cause: error,
    });
  }
}

/** The text with a tenant held at zero, of these versions. */
function heldAt(text: string, fleet: Fleet, id: string, versions: Versions): string {
  const { vcluster, kubernetes } = findTenant(fleet, id).versions;
  const isSame = vcluster === versions.vcluster && kubernetes === versions.kubernetes;
  const named = isSame ? text : setTenantKeys(text, new Map([[id, { versions }]]));
  return withPaused(named, fleet, id);
}
