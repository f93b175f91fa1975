import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { commonFiles, commonLinks, type RootName, roots, unneededShares } from '@tenantry/sealed';
import { Fault } from '../cli/errors.ts';
import type { Shell } from '../cli/shell.ts';

/** Cuts a small root out of the root file system `rootfs`, into the new directory `target`. */
export async function cutRoot(
  $: Shell,
  rootfs: string,
  name: RootName,
  target: string,
): Promise<void> {
  const root = roots[name];
  await mkdir(path.join(target, 'tmp'), { recursive: true });
  await $`chmod 1777 ${path.join(target, 'tmp')}`;
  for (const [link, to] of Object.entries(commonLinks)) {
    await mkdir(path.join(target, to), { recursive: true });
    await symlink(to, path.join(target, link));
  }
  const lists = await Promise.all(root.packages.map(async (item) => packageFiles(rootfs, item)));
  const files = [...lists.flat(), ...root.paths].join('\n');
  // Debian's lists say /lib and /bin: through the links they land in /usr.
  const pack = ['-C', rootfs, '--no-recursion', '-T', '-', '-cf', '-'];
  const unpack = ['-C', target, '--keep-directory-symlink', '-xf', '-'];
  await $({ input: files, stdio: 'pipe' })`tar ${pack} | tar ${unpack}`;
  for (const [link, to] of Object.entries(root.links)) {
    await symlink(to, path.join(target, link));
  }
  for (const [file, content] of Object.entries(commonFiles)) {
    await mkdir(path.dirname(path.join(target, file)), { recursive: true });
    await writeFile(path.join(target, file), content);
  }
}

async function packageFiles(rootfs: string, name: string): Promise<string[]> {
  for (const file of [`${name}.list`, `${name}:amd64.list`, `${name}:arm64.list`]) {
    const text = await readFile(path.join(rootfs, 'var/lib/dpkg/info', file), 'utf8').catch(
      () => undefined,
    );
    if (text !== undefined) return filesOf(text);
  }
  throw new Fault({
    what: `no package ${name} in ${rootfs}`,
    why: 'a small image is made of files of the node’s root file system',
    todo: 'add the package to nodePackages in packages/sealed/src/node.ts',
  });
}

// Character set conversion is most of what Debian's C library takes.
const unneeded = new RegExp(`^/usr/share/(${unneededShares.join('|')})(/|$)|/gconv(/|$)`);

/** The paths of a Debian package's list that an image needs, without their leading slash. */
export function filesOf(list: string): string[] {
  return list
    .split('\n')
    .filter((line) => line.length > 1 && line !== '/.' && !unneeded.test(line))
    .map((line) => line.slice(1))
    .filter((line) => !(line in commonLinks));
}
