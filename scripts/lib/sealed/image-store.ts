import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../cli/errors.ts';
import type { Shell } from '../cli/shell.ts';
import { lastLines } from './apt.ts';

const startDeadline = 20_000;

/** What a container runtime of a cluster needs and an import does not, or would write outside. */
const unneededPlugins = [
  'io.containerd.cri.v1.images',
  'io.containerd.cri.v1.runtime',
  'io.containerd.grpc.v1.cri',
  'io.containerd.internal.v1.opt',
  'io.containerd.nri.v1.nri',
];

export interface ImageStore {
  readonly containerd: string;
  readonly ctr: string;
  /** Images in Docker's `save` format. */
  readonly archive: string;
  /** The new directory to become a node's /var/lib/containerd. */
  readonly root: string;
}

/**
 * Unpacks images the way the node's containerd would, so that a node starts with them: a copy of
 * its files is quicker than an import, and its layers are not kept twice.
 */
export async function unpackImages($: Shell, store: ImageStore): Promise<void> {
  // Not beside the root: the path of a socket may have 107 characters.
  const state = await mkdtemp(path.join(tmpdir(), 'tenantry-'));
  const socket = path.join(state, 'containerd.sock');
  const config = path.join(state, 'config.toml');
  await writeFile(
    config,
    `version = 3
root = ${JSON.stringify(store.root)}
state = ${JSON.stringify(path.join(state, 'run'))}
disabled_plugins = ${JSON.stringify(unneededPlugins)}
[grpc]
  address = ${JSON.stringify(socket)}
`,
  );
  const daemon = $({ nothrow: true })`exec ${store.containerd} --config ${config}`;
  const ctr = [store.ctr, '--address', socket, '--namespace', 'k8s.io'];
  try {
    await untilAnswering($, ctr);
    const flags = ['--local', '--discard-unpacked-layers'];
    await $`${ctr} images import ${flags} ${store.archive}`;
    await $`${ctr} content prune references`;
  } catch (error) {
    throw new Fault({
      what: 'the node’s images could not be unpacked',
      why: lastLines(String(error)),
      todo: 'set TENANTRY_CACHE to a directory on a disk of this machine (ext4 or xfs)',
    });
  } finally {
    daemon.child?.kill('SIGTERM');
    await daemon;
    await rm(state, { recursive: true, force: true });
  }
  // Every node is an instance of its own.
  await rm(path.join(store.root, 'io.containerd.grpc.v1.introspection'), { recursive: true });
}

async function untilAnswering($: Shell, ctr: readonly string[]): Promise<void> {
  const deadline = Date.now() + startDeadline;
  while ((await $({ nothrow: true })`${ctr} version`).exitCode !== 0) {
    if (Date.now() > deadline) throw new Error('containerd did not start in 20 s');
    await sleep(100);
  }
}
