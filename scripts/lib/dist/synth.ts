import { mkdirSync, rmSync } from 'node:fs';
import {
  ARGOCD_DIRECTORY,
  type Fleet,
  FLUX_DIRECTORY,
  type Host,
  hostsDirectory,
  type Plan,
} from '@tenantry/tenants';
import type { Tree } from '@tenantry/manifests';
import { Fault, messageOf, UsageError } from '../cli/errors.ts';
import { EXIT } from '../cli/run-main.ts';
import type { Workspace } from '../cli/workspace.ts';
import { readSecrets } from '../secrets/read-secrets.ts';
import { codeDigest } from './code-digest.ts';
import { differences, examineDist, type WantedDirectory } from './compare.ts';
import { describeChange, describeStale } from './dist-diff.ts';
import { imageReferences, pausePageReference } from './image-references.ts';
import { withDistLock } from './lock.ts';
import type { FoundDirectory } from './read-directory.ts';
import { Stage } from './stage.ts';
import { type FilesStat, hashOf, StatIndex } from './stat-index.ts';
import { readTenantsFile, shown } from './tenants-file.ts';
import type { VersionSteps } from './version-steps.ts';

export { readFleet } from './tenants-file.ts';

export type Places = Pick<Workspace, 'root' | 'tenantsFile' | 'dist' | 'secrets' | 'state'>;

type Print = (line: string) => void;

/** tenants.json → dist/. Returns the exit code. @throws InvalidTenants, UsageError */
export async function synthDist(places: Places, print: Print): Promise<number> {
  readSecrets(places.secrets);
  const file = readTenantsFile(places.tenantsFile);
  if (await isUpToDate(places, file.fleet)) {
    reportDone(places, file.fleet, 0, print);
    return EXIT.done;
  }
  return withDistLock(places.state, async () => {
    // Another process may have edited it since.
    const { fleet } = readTenantsFile(places.tenantsFile, file);
    await writeDist(places, fleet, print);
    return EXIT.done;
  });
}

/** Compares dist/ with what synth would write and names each file that differs. */
export async function checkDist(places: Places, print: Print): Promise<number> {
  readSecrets(places.secrets);
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
  const skipped: string[] = [];
  const unkept: string[] = [];
  const followed = new Set(
    fleet.tenants.filter(({ host }) => host.engine === 'flux').map(({ id }) => id),
  );
  const inputs = new Map<string, string>();
  let stats: ReadonlyMap<string, FilesStat>;
  // What it made, so that a refusal leaves nothing behind.
  const firstMade = mkdirSync(places.dist, { recursive: true });
  try {
    stage.clear('', listing.entries.unfinished);
    const wanted = wantedOf(places, fleet);
    for await (const difference of differences(places.dist, listing, wanted, index)) {
      const { change, name, input, found, wanted: files } = difference;
      if (change === null) stage.clear(name, found?.leftovers ?? []);
      else {
        if (found !== null) {
          const steps = await stepsOf(name, found.files, files);
          skipped.push(...steps.skipped);
          if (followed.has(name)) unkept.push(...steps.changed);
        }
        await stage.add(change, found, files);
        inputs.set(name, input);
        lines.push(describeChange(change));
      }
    }
    stats = await stage.written();
    if (skipped.length > 0) throw wouldSkip(skipped);
    if (unkept.length > 0) throw noSnapshot(unkept);
    commit();
  } catch (error) {
    await stage.discard();
    if (firstMade !== undefined) rmSync(firstMade, { recursive: true, force: true });
    throw error;
  }
  // What is new is in no place yet where anybody else would write.
  const taken = Date.now();
  try {
    stage.commit();
  } catch (error) {
    throw new Fault({
      what: `${shown(places.dist)} is written in part`,
      why: messageOf(error),
      todo: 'run pnpm synth, which finishes it',
    });
  }
  for (const [name, input] of inputs) {
    const stat = stats.get(name);
    if (stat !== undefined) index.note(name, input, { ...stat, taken });
  }
  index.save();
  for (const line of lines) print(line);
  for (const name of listing.foreign) {
    print(`left alone: ${name} is not ours\n  → move it away: with dist/ it would be committed`);
  }
  reportDone(places, fleet, lines.length, print);
}

/** The same of a directory of dist/, with its name; what goes, or is the host's, has no versions. */
async function stepsOf(
  name: string,
  before: FoundDirectory['files'],
  after: Tree,
): Promise<VersionSteps> {
  const { versionSteps } = await import('./version-steps.ts');
  const { skipped, changed } = versionSteps(before, after);
  const named = (step: string) => `${name}: ${step}`;
  return { skipped: skipped.map(named), changed: changed.map(named) };
}

function wouldSkip(steps: readonly string[]): UsageError {
  return new UsageError(
    `tenants would skip a minor; nothing was written\n${steps.map((step) => `    ${step}\n`).join('')}` +
      '  → name each minor in between in "versions" first, with pnpm synth and pnpm deploy for each',
  );
}

function noSnapshot(steps: readonly string[]): UsageError {
  return new UsageError(
    `Flux would upgrade tenants without a snapshot before; nothing was written\n${steps.map((step) => `    ${step}\n`).join('')}` +
      '  → run pnpm handover deploy first, then pnpm synth, pnpm deploy and pnpm handover flux',
  );
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

function* wantedOf({ root, secrets }: Places, fleet: Fleet): Generator<WantedDirectory> {
  const { argocd, hosts, imageRepository, tenants } = fleet;
  const shared = new Map(hosts.map((host) => [host, hashOf([host, imageRepository])]));
  // Where nothing is to be made, half a second each is saved: the constructs and the images' tags.
  const load = async () => {
    const { TenantSynthesizer } = await import('@tenantry/manifests');
    const pins = {
      images: imageReferences(root, imageRepository),
      pausePage: pausePageReference(root, imageRepository),
    };
    const known = new Map<Host, InstanceType<typeof TenantSynthesizer>>();
    return (host: Host) => {
      const synthesizer = known.get(host) ?? new TenantSynthesizer(host, pins);
      known.set(host, synthesizer);
      return synthesizer;
    };
  };
  let synthesizers: ReturnType<typeof load> | undefined;
  yield {
    name: hostsDirectory(hosts),
    input: hashOf([...shared.values()]),
    files: async () => {
      const { synthesizeHosts } = await import('@tenantry/manifests');
      return synthesizeHosts(hosts, { pausePage: pausePageReference(root, imageRepository) });
    },
  };
  if (hasFlux(fleet)) {
    const withSecrets = new Set(readSecrets(secrets).keys());
    const read = tenants.map(({ id, state, versions, host }) => [
      id,
      state,
      versions,
      host.name,
      withSecrets.has(id),
    ]);
    yield {
      name: FLUX_DIRECTORY,
      input: hashOf([...shared.values(), read]),
      files: async () => {
        const { synthesizeFlux } = await import('@tenantry/manifests');
        return synthesizeFlux(fleet, withSecrets);
      },
    };
  }
  if (argocd !== null) {
    yield {
      name: ARGOCD_DIRECTORY,
      input: hashOf([argocd, hosts]),
      files: async () => (await import('@tenantry/manifests')).synthesizeArgoCd(fleet),
    };
  }
  const plans = new Map<Plan, string>();
  for (const tenant of tenants) {
    const plan = plans.get(tenant.plan) ?? hashOf(tenant.plan);
    plans.set(tenant.plan, plan);
    yield {
      name: tenant.id,
      input: hashOf([{ ...tenant, plan, host: shared.get(tenant.host) }]),
      files: async () => (await (synthesizers ??= load()))(tenant.host).synthesize(tenant),
    };
  }
}

function namesOf(fleet: Fleet): ReadonlySet<string> {
  return new Set([
    hostsDirectory(fleet.hosts),
    ...(hasFlux(fleet) ? [FLUX_DIRECTORY] : []),
    ...(fleet.argocd === null ? [] : [ARGOCD_DIRECTORY]),
    ...fleet.tenants.map(({ id }) => id),
  ]);
}

function hasFlux({ hosts }: Fleet): boolean {
  return hosts.some(({ flux }) => flux !== null);
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
