import { randomUUID } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../cli/errors.ts';
import type { Report } from '../cli/report.ts';
import { run, type Shell } from '../cli/shell.ts';
import { exists } from './files.ts';
import { isLocked, withLock } from '../cli/file-lock.ts';
import { type BuildOutput, KEPT_DAYS, outdated } from './outdated.ts';
import { storeDirectory } from './store.ts';
import { imageUsedAt, stampOf } from './used.ts';

/** What a build that was killed has left is of no use after this. */
const LEFTOVER_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Not a service's own images: one of an earlier tag cannot be built again from this checkout. */
const IMAGES = [
  'kindest/node:*-sealed-*',
  'tenantry/node-build',
  'tenantry/node-runtime',
  'fluxcd/*:*-sealed-*',
  'registry:*-sealed-*',
  'traefik:*-sealed-*',
];

/** A directory that is about to be deleted: nobody finds it half there. */
const DOOMED = '.pruned-';

/**
 * Removes what builds of earlier recipes have left in the cache and in Docker, by the rule of
 * `outdated`. That it fails is said, and is no reason not to go on.
 */
export async function pruneBuilds($: Shell, report: Report, cache: string): Promise<void> {
  const store = storeDirectory(cache);
  try {
    await withLock(path.join(store, 'prune.lock'), async () => {
      const directories = await directoryOutputs($, store);
      const images = await imageOutputs($, cache);
      const now = Date.now();
      for (const { name } of outdated(directories, now)) {
        report.skip(`removed ${name}`, `not used for ${KEPT_DAYS} days`);
        await removeDirectory(path.join(store, name));
      }
      for (const { name } of outdated(images, now)) {
        report.skip(`removed image ${name}`, `not used for ${KEPT_DAYS} days`);
        await run($, 'docker', ['image', 'rm', name]);
        await rm(stampOf(cache, name), { force: true });
      }
      await removeLeftovers(store, now);
    });
  } catch (error) {
    report.line(`old builds are left: ${messageOf(error)}`);
  }
}

/** `go/<hash>`, `debian/<hash>` and `vcluster-chart-<version>`, by their paths in the store. */
async function directoryOutputs($: Shell, store: string): Promise<readonly BuildOutput[]> {
  // The engine runs containers with a program of ours, which must not go from under it.
  const runtimes = await run($, 'docker', ['info', '--format', '{{json .Runtimes}}']);
  const names = [
    ...(await hashesIn(path.join(store, 'go'))).map((name) => ({ kind: 'go', name: `go/${name}` })),
    ...(await hashesIn(path.join(store, 'debian'))).map((name) => ({
      kind: 'debian',
      name: `debian/${name}`,
    })),
    ...(await entriesOf(store))
      .filter((name) => /^vcluster-chart-[\d.]+$/.test(name))
      .map((name) => ({ kind: 'chart', name })),
  ];
  return Promise.all(
    names.map(async ({ kind, name }) => {
      const directory = path.join(store, name);
      const locked = isLocked(`${directory}.lock`);
      return {
        kind,
        name,
        usedAt: (await stat(directory)).mtimeMs,
        inUse: locked || runtimes.includes(`${directory}/`),
      };
    }),
  );
}

async function imageOutputs($: Shell, cache: string): Promise<readonly BuildOutput[]> {
  const format = ['--no-trunc', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}'];
  const lists = await Promise.all(
    IMAGES.map((image) =>
      run($, 'docker', ['images', '--filter', `reference=${image}`, ...format]),
    ),
  );
  const images = lists.flatMap(linesOf).filter((line) => !line.includes('<none>'));
  const containers = linesOf(await run($, 'docker', ['ps', '--all', '--quiet']));
  const used =
    containers.length === 0
      ? []
      : linesOf(await run($, 'docker', ['inspect', '--format', '{{.Image}}', ...containers]));
  return Promise.all(
    images.map(async (line) => {
      const [name = '', id = ''] = line.split(' ');
      return {
        kind: name.slice(0, name.lastIndexOf(':')),
        name,
        usedAt: await imageUsedAt(cache, name),
        inUse: used.includes(id),
      };
    }),
  );
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

async function removeLeftovers(store: string, now: number): Promise<void> {
  for (const name of await entriesOf(store)) {
    const file = path.join(store, name);
    if (name.startsWith(DOOMED)) await rm(file, { recursive: true, force: true });
    if (!/^(node|service|gateway|flux)-[0-9a-f]{12}$|\.partial/.test(name)) continue;
    const { mtimeMs } = await stat(file);
    if (now - mtimeMs < LEFTOVER_MILLISECONDS || isLocked(`${file}.lock`)) continue;
    await removeDirectory(file);
  }
}

async function removeDirectory(directory: string): Promise<void> {
  const aside = path.join(path.dirname(directory), `${DOOMED}${randomUUID()}`);
  await rename(directory, aside);
  await rm(aside, { recursive: true, force: true });
}

async function hashesIn(directory: string): Promise<readonly string[]> {
  return (await entriesOf(directory)).filter((name) => /^[0-9a-f]{12}$/.test(name));
}

async function entriesOf(directory: string): Promise<readonly string[]> {
  return (await exists(directory)) ? readdir(directory) : [];
}
