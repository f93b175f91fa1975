import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { versions } from '@tenantry/sealed/versions';
import type { Fleet } from '@tenantry/tenants';
import { Fault, messageOf } from '../cli/errors.ts';
import { EXIT } from '../cli/run-main.ts';
import type { Workspace } from '../cli/workspace.ts';
import { codeDigest } from './code-digest.ts';
import { differences, examineDist, type WantedDirectory } from './compare.ts';
import { describeChange, describeStale } from './dist-diff.ts';
import { imageReferences } from './image-references.ts';
import { withLock } from './lock.ts';
import { HOST_WIDE } from './ownership.ts';
import { Stage } from './stage.ts';
import { hashOf, StatIndex, statDirectory } from './stat-index.ts';
import { readTenantsFile, shown } from './tenants-file.ts';

export { readFleet } from './tenants-file.ts';

export type Places = Pick<Workspace, 'root' | 'tenantsFile' | 'dist' | 'state'>;

type Print = (line: string) => void;

/** tenants.json → dist/. Returns the exit code. @throws InvalidTenants, UsageError */
export async function synthDist(places: Places, print: Print): Promise<number> {
  const file = readTenantsFile(places.tenantsFile);
  if (await isUpToDate(places, file.fleet)) {
    reportDone(places, file.fleet, 0, print);
    return EXIT.done;
  }
  return withLock(places.state, async () => {
    // Another process may have edited it since.
    const { fleet } = readTenantsFile(places.tenantsFile, file);
    await writeDist(places, fleet, print);
    return EXIT.done;
  });
}

/** Compares dist/ with what synth would write and names each file that differs. */
export async function checkDist(places: Places, print: Print): Promise<number> {
  const { fleet } = readTenantsFile(places.tenantsFile);
  const listing = examineDist(places.dist, namesOf(fleet));
  let stale = 0;
  const wanted = wantedOf(places, fleet);
  for await (const { change } of differences(places.dist, listing, wanted, indexOf(places))) {
    if (change === null) continue;
    stale += 1;
    for (const line of describeStale(change)) print(line);
  }
  const { foreign } = listing;
  for (const name of foreign) print(`not ours: ${name}`);
  const dist = shown(places.dist);
  if (stale > 0) print(`${dist} is not up to date\n  → run pnpm synth and commit the result`);
  if (foreign.length > 0) {
    print(`${dist} holds what synth did not make\n  → move it away, or remove it`);
  }
  if (stale + foreign.length > 0) return EXIT.found;
  print(`${dist} is up to date: ${countTenants(fleet)}`);
  return EXIT.done;
}

/**
 * Brings dist/ to a fleet; the lock is held. Before anything is put into its place, `commit` is
 * called; where it or what came before it throws, dist/ is as it was.
 */
export async function writeDist(
  places: Places,
  fleet: Fleet,
  print: Print,
  commit: () => void = () => {},
): Promise<void> {
  const listing = examineDist(places.dist, namesOf(fleet));
  const index = indexOf(places);
  const stage = new Stage(places.dist);
  const lines: string[] = [];
  const made: { readonly name: string; readonly input: string; readonly writtenAt: number }[] = [];
  // What it made, so that a refusal leaves nothing behind.
  const firstMade = mkdirSync(places.dist, { recursive: true });
  try {
    stage.clear('', listing.entries.unfinished);
    const wanted = wantedOf(places, fleet);
    for await (const difference of differences(places.dist, listing, wanted, index)) {
      const { change, name, input, found, wanted: files } = difference;
      if (change === null) stage.clear(name, found?.leftovers ?? []);
      else {
        stage.add(change, found, files);
        if (change.kind === 'new') made.push({ name, input, writtenAt: Date.now() });
        lines.push(describeChange(change));
      }
    }
    commit();
  } catch (error) {
    stage.discard();
    if (firstMade !== undefined) rmSync(firstMade, { recursive: true, force: true });
    throw error;
  }
  try {
    stage.commit();
  } catch (error) {
    throw new Fault({
      what: `${shown(places.dist)} is written in part`,
      why: messageOf(error),
      todo: 'run pnpm synth, which finishes it',
    });
  }
  for (const { name, input, writtenAt } of made) {
    const stat = statDirectory(join(places.dist, name));
    // Whatever was written later is not what was made.
    if (stat !== null && stat.newest <= writtenAt) index.note(name, input, stat);
  }
  index.save();
  for (const line of lines) print(line);
  for (const name of listing.foreign) {
    print(`left alone: ${name} is not ours\n  → move it away: with dist/ it would be committed`);
  }
  reportDone(places, fleet, lines.length, print);
}

/** Whether a synth would write nothing. */
async function isUpToDate(places: Places, fleet: Fleet): Promise<boolean> {
  const listing = examineDist(places.dist, namesOf(fleet));
  if (listing.foreign.length + listing.entries.unfinished.length > 0) return false;
  const index = indexOf(places);
  const wanted = wantedOf(places, fleet);
  for await (const _ of differences(places.dist, listing, wanted, index)) return false;
  index.save();
  return true;
}

function indexOf({ root, state, dist }: Places): StatIndex {
  return new StatIndex(state, dist, codeDigest(root));
}

function* wantedOf({ root }: Places, fleet: Fleet): Generator<WantedDirectory> {
  const pins = {
    images: imageReferences(root, fleet.imageRepository),
    vcluster: versions.vcluster,
    kubernetes: versions.kubernetes,
  };
  // Loading the constructs takes half a second.
  const manifests = () => import('@tenantry/manifests');
  yield {
    name: HOST_WIDE,
    input: hashOf([fleet.host]),
    files: async () => (await manifests()).synthesizeHost(fleet.host),
  };
  for (const tenant of fleet.tenants) {
    yield {
      name: tenant.id,
      input: hashOf([tenant, fleet.host, pins]),
      files: async () => (await manifests()).synthesizeTenant(tenant, fleet.host, pins),
    };
  }
}

function namesOf({ tenants }: Fleet): ReadonlySet<string> {
  return new Set([HOST_WIDE, ...tenants.map(({ id }) => id)]);
}

function reportDone(
  { dist }: Pick<Places, 'dist'>,
  fleet: Fleet,
  changed: number,
  print: Print,
): void {
  const tenants = countTenants(fleet);
  print(
    changed === 0
      ? `nothing changed: ${tenants} up to date in ${shown(dist)}`
      : `${changed} changed, ${tenants} in ${shown(dist)}`,
  );
}

function countTenants({ tenants }: Fleet): string {
  return `${tenants.length} ${tenants.length === 1 ? 'tenant' : 'tenants'}`;
}
