import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseTenants, setTenantKeys } from '@tenantry/tenants';
import { UsageError } from '../cli/errors.ts';
import type { Context } from '../cli/run-main.ts';
import { HAND_BACK, refuseFlux } from '../deploy/engine.ts';
import { activate } from '../dist/activate.ts';
import { editTenants, findTenant, withPaused } from '../dist/edit-tenants.ts';
import { hostNamed } from '../dist/host-for.ts';
import { readFleet, readTenantsFile } from '../dist/tenants-file.ts';
import { removeArchive } from '../offboard/archive-store.ts';
import {
  type MovedArchive,
  journalPath,
  type MoveJournal,
  readMoveJournal,
  removeMoveJournal,
  writeMoveJournal,
} from './journal.ts';

/** What a move does on the two hosts. */
export interface MoveMeans {
  /** @throws UsageError, Fault where the move cannot be made; nothing is changed yet */
  check(): Promise<void>;
  /** Brings the tenant to what dist/ says, on the host that it has there. */
  deploy(): Promise<void>;
  /**
   * Archives the tenant, which is held paused, and verifies the archive; `note` is told of it before
   * it is stored, so that a run that is killed leaves none that nobody knows of.
   */
  archive(note: (archive: MovedArchive) => void): Promise<MovedArchive>;
  /** Whether the tenant is still held as it was archived. */
  isHeld(archive: MovedArchive): Promise<boolean>;
  /** Restores the archive on the other host and compares; nothing where that is done. */
  restore(archive: MovedArchive): Promise<void>;
  /**
   * Deletes what is left on the host that the tenant has left.
   * @throws Fault where it was brought back there
   */
  remove(archive: MovedArchive): Promise<void>;
  /** Takes the mark of the restore away. */
  forget(): Promise<void>;
}

type Surroundings = Pick<Context, 'workspace' | 'report' | 'print'>;

/**
 * Moves a tenant to another host: holds it paused, archives it, restores the archive there, compares,
 * lets it run there, and removes it here. Interrupted anywhere, the same call takes it up again.
 */
export async function moveTenant(
  surroundings: Surroundings,
  id: string,
  to: string,
  meansOf: (journal: MoveJournal) => Promise<MoveMeans>,
): Promise<void> {
  const { workspace, print } = surroundings;
  const { archives } = workspace;
  const begun = beginMove(surroundings, id, to);
  if (begun === null) return print(`${id} lives on ${to} already`);
  const { from } = begun;
  const means = await meansOf(begun);
  const archive = await archived(surroundings, begun, means);
  if (!begun.isRemoved) {
    await means.restore(archive);
    if (begun.wasActive) await activate(surroundings, id);
    await means.deploy();
    await means.remove(archive);
    writeMoveJournal(archives, { ...begun, archive, isRemoved: true });
  }
  await means.forget();
  removeArchive(join(archives, archive.name));
  removeMoveJournal(archives, id);
  print(`${id}: moved from ${from} to ${to}\n  → commit tenants.json, dist/`);
}

/** Brings the move to where tenants.json names the new host, and a verified archive is there. */
async function archived(
  { workspace, print }: Surroundings,
  begun: MoveJournal,
  means: MoveMeans,
): Promise<MovedArchive> {
  const { archives } = workspace;
  const { id, from, to, archive: known } = begun;
  const { host } = findTenant(readFleet(workspace.tenantsFile), id);
  if (host.name !== from) {
    if (known !== null) return known;
    throw new UsageError(
      `${id} is on ${host.name} in tenants.json, and was not archived on ${from}; nothing was changed\n  → set its host back to ${from}, and run the command again`,
    );
  }
  const isGood =
    known !== null && existsSync(join(archives, known.name)) && (await means.isHeld(known));
  const archive = isGood ? known : await archiveAnew({ workspace, print }, begun, means);
  await editTenants(workspace, (text) => ({ text: onHost(text, id, to) }), print);
  return archive;
}

async function archiveAnew(
  { workspace, print }: Omit<Surroundings, 'report'>,
  begun: MoveJournal,
  means: MoveMeans,
): Promise<MovedArchive> {
  const { archives } = workspace;
  const { id, archive: former } = begun;
  await means.check();
  // First: from then on tenants.json does not say whether it ran before.
  writeMoveJournal(archives, { ...begun, archive: null });
  if (former !== null) removeArchive(join(archives, former.name));
  await editTenants(workspace, (text, fleet) => ({ text: withPaused(text, fleet, id) }), print);
  await means.deploy();
  return means.archive((archive) => writeMoveJournal(archives, { ...begun, archive }));
}

/** The move as it has begun, or as it is to begin; null where there is none to make. @throws UsageError */
function beginMove({ workspace }: Surroundings, id: string, to: string): MoveJournal | null {
  const { text, fleet } = readTenantsFile(workspace.tenantsFile);
  const tenant = findTenant(fleet, id);
  const target = hostNamed(fleet.hosts, to);
  const journal = readMoveJournal(workspace.archives, id);
  if (journal !== null && journal.to !== to) {
    throw new UsageError(
      `${id} is on its way from ${journal.from} to ${journal.to}; nothing was changed\n  → pnpm move ${id} --to ${journal.to}, which takes it up again; where it is not to move, remove ${journalPath(workspace.archives, id)}`,
    );
  }
  if (journal !== null) {
    if (!journal.isRemoved) refuseFlux([hostNamed(fleet.hosts, journal.from), target], HAND_BACK);
    return journal;
  }
  if (tenant.host === target) return null;
  refuseFlux([tenant.host, target], HAND_BACK);
  if (tenant.state === 'offboarding') {
    throw new UsageError(
      `${id} is offboarding; nothing was changed\n  → pnpm resume ${id} first, or pnpm offboard ${id}`,
    );
  }
  // What tenants.json would refuse of it there, it refuses before anything is done.
  parseTenants(onHost(text, id, to), 'tenants.json (as it would be)');
  const wasActive = tenant.state === 'active';
  return { id, from: tenant.host.name, to, wasActive, archive: null, isRemoved: false };
}

function onHost(text: string, id: string, host: string): string {
  return setTenantKeys(text, new Map([[id, { host }]]));
}
