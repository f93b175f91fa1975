import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../cli/errors.ts';
import { clusterContainers } from '../tools/docker.ts';
import type { Shell } from '../cli/shell.ts';

/** The directory and the cluster of one run of the e2e tests, both of that run's own making. */
export interface Sandbox {
  readonly dir: string;
  readonly cluster: string;
  /** Whether the directory goes too; one that was there, empty, is only emptied. */
  readonly madeDir: boolean;
}

/** What says that a directory is of the e2e tests: which cluster, and which containers it had. */
interface Marker {
  readonly cluster: string;
  readonly containers: readonly string[];
}

/** Without it packages/e2e refuses to touch a directory. */
const MARKER = '.tenantry-e2e.json';

export interface SandboxRequest {
  /** TENANTRY_DIR, absolute; undefined for a new one. */
  readonly dir: string | undefined;
  /** TENANTRY_CLUSTER; undefined for a new one. */
  readonly cluster: string | undefined;
}

/**
 * Takes a directory and a cluster name for a run. What was there before is not the tests' to use,
 * let alone to remove; what `--keep` has left is.
 * @throws UsageError, nothing done, where the directory holds something or the cluster exists
 */
export async function takeSandbox($: Shell, request: SandboxRequest): Promise<Sandbox> {
  const cluster = request.cluster ?? `tenantry-e2e-${randomBytes(3).toString('hex')}`;
  const kept = request.dir === undefined ? null : readMarker(request.dir);
  if (request.dir !== undefined && kept === null && holdsAnything(request.dir)) {
    throw refused(`TENANTRY_DIR=${request.dir} holds something that no test has made`);
  }
  // A name that has just been made up is nobody's; Docker may not run yet.
  const containers = request.cluster === undefined ? [] : await clusterContainers($, cluster);
  const areKept =
    kept?.cluster === cluster && containers.every((id) => kept.containers.includes(id));
  if (containers.length > 0 && !areKept) {
    throw refused(`a kind cluster ${cluster} exists, and no test has made it`);
  }
  if (kept !== null && kept.cluster !== cluster) {
    throw refused(`TENANTRY_DIR=${request.dir} belongs to the tests' cluster ${kept.cluster}`);
  }
  const madeDir = request.dir === undefined || kept !== null || !existsSync(request.dir);
  const dir = request.dir ?? mkdtempSync(join(tmpdir(), 'tenantry-e2e-'));
  mkdirSync(dir, { recursive: true });
  writeMarker(dir, { cluster, containers });
  return { dir, cluster, madeDir };
}

/** Notes what the cluster of a run is made of, so that the next run knows what is kept for it. */
export async function keepSandbox($: Shell, { dir, cluster }: Sandbox): Promise<void> {
  writeMarker(dir, { cluster, containers: await clusterContainers($, cluster) });
}

export function removeDirectory({ dir, madeDir }: Sandbox): void {
  for (const name of madeDir ? [] : readdirSync(dir)) {
    rmSync(join(dir, name), { recursive: true, force: true });
  }
  if (madeDir) rmSync(dir, { recursive: true, force: true });
}

function readMarker(dir: string): Marker | null {
  const file = join(dir, MARKER);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Marker) : null;
}

function writeMarker(dir: string, marker: Marker): void {
  writeFileSync(join(dir, MARKER), `${JSON.stringify(marker)}\n`);
}

function holdsAnything(dir: string): boolean {
  return existsSync(resolve(dir)) && readdirSync(dir).length > 0;
}

function refused(why: string): UsageError {
  return new UsageError(
    `${why}; the tests would change and remove it; nothing was done\n` +
      '  → unset TENANTRY_DIR and TENANTRY_CLUSTER, or name a directory and a cluster that are not there',
  );
}
