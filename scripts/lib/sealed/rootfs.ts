import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { nodePackages, versions } from '@tenantry/sealed';
import { Fault } from '../cli/errors.ts';
import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';
import { ensurePackages, lastLines } from './apt.ts';
import { exists } from './files.ts';
import { withLock } from '../cli/file-lock.ts';
import { inputHash, storeDirectory } from './store.ts';
import { markUsed } from './used.ts';

/**
 * Debian's files for the node and for every small image.
 * @returns the directory of the root file system.
 */
export async function buildRootfs($: Shell, report: Report, cache: string): Promise<string> {
  const hash = await inputHash([versions.debian, nodePackages], []);
  const directory = path.join(storeDirectory(cache), 'debian', hash);
  const title = `Debian ${versions.debian} root file system`;
  if (await exists(directory)) {
    await markUsed(directory);
    report.skip(title, 'built');
    return directory;
  }
  await withLock(`${directory}.lock`, async () => {
    if (await exists(directory)) return;
    await ensurePackages($, report, ['debootstrap']);
    await report.step(title, async () => debootstrap($, directory));
  });
  return directory;
}

async function debootstrap($: Shell, directory: string): Promise<void> {
  const partial = `${directory}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const flags = ['--variant=minbase', `--include=${nodePackages.join(',')}`];
  const mirror = await configuredMirror($);
  const result = await $({
    nothrow: true,
  })`debootstrap ${flags} ${versions.debian} ${partial} ${mirror}`;
  if (result.exitCode !== 0) {
    throw new Fault({
      what: 'debootstrap failed',
      why: lastLines(`${result.stdout}\n${result.stderr}`),
      todo: `see whether the mirror ${mirror} can be reached, then run the command again`,
    });
  }
  await rm(path.join(partial, 'var/cache/apt'), { recursive: true, force: true });
  await rm(path.join(partial, 'var/lib/apt/lists'), { recursive: true, force: true });
  await rename(partial, directory);
}

/** The mirror that this machine's apt takes the suite from. */
async function configuredMirror($: Shell): Promise<string> {
  const format = '$(REPO_URI) $(CODENAME) $(COMPONENT)';
  const { stdout } = await $`apt-get indextargets --format ${format} ${'Created-By: Packages'}`;
  const mirror = mirrorOf(stdout, versions.debian);
  if (mirror !== undefined) return mirror;
  throw new Fault({
    what: `no Debian mirror for ${versions.debian}`,
    why: 'no source in /etc/apt names this suite with component main',
    todo: `add one, for example as /etc/apt/sources.list.d/${versions.debian}.list`,
  });
}

/** The first mirror of a suite in lines of `address suite component`. */
export function mirrorOf(targets: string, suite: string): string | undefined {
  const line = targets.split('\n').find((text) => text.endsWith(` ${suite} main`));
  return line?.split(' ')[0];
}
