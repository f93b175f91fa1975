import { access, constants, mkdir, readFile, statfs } from 'node:fs/promises';
import path from 'node:path';
import { Fault } from '../cli/errors.ts';
import type { Shell } from '../cli/shell.ts';
import { goVersion } from '../tools/go.ts';
import { exists } from './files.ts';
import { goDirectory } from './go-install.ts';

/** GiB that the Go caches (9), the build outputs (3) and Docker's images (2) take together. */
const neededDisk = 16;
/** GiB for a node image and a cluster where everything is compiled. */
const neededDiskCompiled = 5;
const neededGo = '1.26.5';

/**
 * Whether this machine can build the sealed cluster, before the first minute is spent.
 * @throws Fault naming the first thing that is missing.
 */
export async function preflight($: Shell, cache: string): Promise<void> {
  await checkSystem();
  await checkGo($);
  await checkDisk(cache);
}

/** @throws Fault where a process is not root, which apt, debootstrap, dockerd and sysctl need. */
export function checkRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new Fault({
    what: 'not root',
    why: 'Debian packages, a root file system and a Docker engine of its own need root',
    todo: 'run the command as root, or start Docker and use a machine that reaches a container registry',
  });
}

async function checkSystem(): Promise<void> {
  checkRoot();
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const hasApt = await access('/usr/bin/apt-get', constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!hasApt || process.platform !== 'linux') {
    throw new Fault({
      what: 'not a Debian machine',
      why: `this is ${/^PRETTY_NAME="?([^"\n]*)/m.exec(release)?.[1] ?? process.platform}`,
      todo: 'use a machine with apt, or one that reaches a container registry',
    });
  }
}

/** @throws Fault where Go is missing or too old. */
export async function checkGo($: Shell): Promise<void> {
  const said = await goVersion($);
  const found = said?.replace(/^go/, '') ?? null;
  if (found !== null && compare(found, neededGo) >= 0) return;
  throw new Fault({
    what: found === null ? 'no Go' : `Go ${found} is too old`,
    why: `the tools are built from source with Go ${neededGo} or newer`,
    todo: `put go ${neededGo} or newer on the PATH`,
  });
}

/** Compares dotted version numbers: negative, zero or positive. */
export function compare(left: string, right: string): number {
  const [a, b] = [left, right].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10)),
  );
  for (const index of [0, 1, 2]) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

async function checkDisk(cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const compiled = await exists(path.join(await goDirectory(cache, 'node'), 'kubelet'));
  const needed = compiled ? neededDiskCompiled : neededDisk;
  const { bavail, bsize } = await statfs(cache);
  const free = (bavail * bsize) / 2 ** 30;
  if (free >= needed) return;
  throw new Fault({
    what: 'not enough disk',
    why: `${free.toFixed(1)} GiB free at ${cache}, what is left to build takes ${String(needed)}`,
    todo: 'free some, or set TENANTRY_CACHE to a directory on a larger disk',
  });
}
