import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostNamespace, inventoryName, SYSTEM_NAMESPACE } from '@tenantry/tenants';
import type { Context } from '../cli/run-main.ts';
import { quietShell, run, type Shell } from '../cli/shell.ts';
import { actualContext } from '../cli/workspace.ts';
import { findHost, type Host } from '../cluster/host.ts';
import { readByHost } from '../dist/read.ts';
import { kubectl, reach } from '../tools/kubectl.ts';
import { type Measure, measure } from './measure.ts';

export interface Bench extends Pick<Context, 'print' | 'signal'> {
  readonly host: Host;
  readonly root: string;
  /** A workspace of the bench's own, on the same cluster. */
  readonly dir: string;
  readonly cluster: string;
}

/** Runs a bench in a workspace of its own, on the cluster of this one. */
export async function withBench(
  context: Context,
  action: (bench: Bench) => Promise<void>,
): Promise<void> {
  const { workspace, print, signal } = context;
  const [{ context: named } = { context: '' }] = readByHost(workspace.dist, [], undefined);
  const host = await findHost(context, named);
  const dir = mkdtempSync(join(tmpdir(), 'tenantry-bench-deploy-'));
  const bench = { host, root: workspace.root, dir, cluster: workspace.cluster, print, signal };
  print(`on ${actualContext(named, workspace)}`);
  try {
    await action(bench);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Writes dist/ of so many tenants and gives the cluster what it says. @returns their ids */
export async function declare(
  bench: Bench,
  count: number,
  state: string,
): Promise<readonly string[]> {
  const { dir, root } = bench;
  const ids = Array.from({ length: count }, (_, index) => `bench-${index}`);
  const tenants = ids.map((id) => ({ id, name: id, ...(state !== 'active' && { state }) }));
  mkdirSync(join(dir, '.tenantry'), { recursive: true, mode: 0o700 });
  writeFileSync(join(dir, 'tenants.json'), JSON.stringify({ tenants }));
  await run(shellOf(bench), process.execPath, [join(root, 'scripts/synth.ts')]);
  await run(shellOf(bench), process.execPath, [join(root, 'scripts/cluster.ts')]);
  return ids;
}

function shellOf({ dir, cluster }: Bench): Shell {
  return quietShell({ env: { TENANTRY_DIR: dir, TENANTRY_CLUSTER: cluster } });
}

/** One of our commands as a process, with all that it runs. */
export function ours(bench: Bench, command: string): Promise<Measure> {
  const script = join(bench.root, `scripts/${command}.ts`);
  return measure(shellOf(bench), process.execPath, [script]);
}

export function describeMeasure({ seconds, cpu, peak }: Measure): string {
  const memory = peak === null ? '' : `, ${peak.toFixed(0)} MB`;
  return `${seconds.toFixed(2)} s, ${cpu.toFixed(2)} CPU-seconds of ours${memory}`;
}

/** Removes tenants and what deploy knows of them. */
export async function removeAll({ host }: Bench, ids: readonly string[]): Promise<void> {
  const { $, target } = host;
  const inventories = ids.map(inventoryName);
  await run($, 'kubectl', [
    ...reach(target),
    'delete',
    'namespace',
    '--ignore-not-found',
    ...ids.map(hostNamespace),
  ]);
  const where = ['-n', SYSTEM_NAMESPACE, 'configmap'];
  await kubectl($, target, ['delete', '--ignore-not-found', ...where, ...inventories]);
}
