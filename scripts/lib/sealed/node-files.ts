import { cp, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { nodeBinaries, versions } from '@tenantry/sealed';
import type { Shell } from '../cli/shell.ts';
import { moduleDirectory } from './tools.ts';
import { recipeDirectory } from './store.ts';

export interface NodeFiles {
  /** The directory that is laid over the Debian root. */
  readonly overlay: string;
  /** Where a binary lies, on the overlay's file system. */
  readonly find: (binary: string) => string;
  readonly ctr: string;
}

/** Fills the overlay: kind's own node files, ours over them, the binaries, the manifests. */
export async function layNodeFiles($: Shell, { overlay, find, ctr }: NodeFiles): Promise<void> {
  const kind = await moduleDirectory($, 'sigs.k8s.io/kind');
  await $`cp -r --no-preserve=mode ${path.join(kind, 'images/base/files')}/. ${overlay}`;
  await $`cp -r ${path.join(recipeDirectory, 'node')}/. ${overlay}`;
  await rm(path.join(overlay, 'usr/local/bin/clean-install'));
  for (const directory of ['usr/local/bin', 'kind/bin']) {
    for (const name of await readdir(path.join(overlay, directory))) {
      await $`chmod 755 ${path.join(overlay, directory, name)}`;
    }
  }
  for (const [directory, names] of Object.entries(nodeBinaries)) {
    await mkdir(path.join(overlay, directory), { recursive: true });
    for (const name of names) await link(find(name), path.join(overlay, directory, name));
  }
  await mkdir(path.join(overlay, 'etc/kubernetes/manifests'), { recursive: true });
  await cp(path.join(recipeDirectory, 'manifests'), path.join(overlay, 'kind/manifests'), {
    recursive: true,
  });
  await writeFile(path.join(overlay, 'kind/version'), versions.kubernetes);
  await edit(path.join(overlay, 'etc/containerd/config.toml'), containerdConfig);
  const spec = await $`${ctr} oci spec`;
  await writeFile(path.join(overlay, 'etc/containerd/cri-base.json'), containerSpec(spec.stdout));
}

/** kind's containerd configuration with our pause image, for a host without CAP_SYS_RESOURCE. */
export function containerdConfig(text: string): string {
  return text
    .replace(/registry\.k8s\.io\/pause:[^"]*/, `registry.k8s.io/pause:${versions.pause}`)
    .replace('restrict_oom_score_adj = false', 'restrict_oom_score_adj = true');
}

/** containerd's default container, with kind's hook and the node's own resource limits. */
export function containerSpec(text: string): string {
  const spec = JSON.parse(text) as {
    process: { rlimits?: unknown };
    hooks?: { createContainer?: readonly unknown[] };
  };
  delete spec.process.rlimits;
  const hook = { path: '/kind/bin/mount-product-files.sh' };
  return JSON.stringify({
    ...spec,
    hooks: { ...spec.hooks, createContainer: [...(spec.hooks?.createContainer ?? []), hook] },
  });
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}
