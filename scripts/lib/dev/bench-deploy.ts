import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { placeOf } from '@tenantry/plan';
import { hostNamespace, inventoryName, SYSTEM_NAMESPACE } from '@tenantry/tenants';
import type { Context } from '../cli/run-main.ts';
import { quietShell, run, type Shell } from '../cli/shell.ts';
import { actualContext } from '../cli/workspace.ts';
import { connectHost, findHost, type Host } from '../cluster/host.ts';
import { openTenant } from '../cluster/tenant-connection.ts';
import { CONCURRENCY, eachTenant } from '../deploy/each-tenant.ts';
import { readByHost, readTenants, type TenantDist } from '../dist/read.ts';
import { createVcluster } from '../tools/vcluster.ts';
import { kubectl, reach } from '../tools/kubectl.ts';
import { type Measure, measure } from './measure.ts';

/** Active tenants of which nothing has changed; a two-core node runs no more than some fifteen. */
const ACTIVE = [2, 10];
const PAUSED = 200;
const NEW = 8;
const READY = '--timeout=300s';
/** New clusters are busy for a while after their service answers. */
const SETTLE_MILLISECONDS = 60_000;

interface Bench extends Pick<Context, 'print' | 'signal'> {
  readonly host: Host;
  readonly root: string;
  /** A workspace of the bench's own, on the same cluster. */
  readonly dir: string;
  readonly cluster: string;
}

/**
 * `pnpm deploy` and `pnpm plan` as whole processes on our own cluster: with nothing changed, and
 * with new tenants against the same by hand. Makes its own tenants and removes them.
 */
export async function benchDeploy(context: Context): Promise<void> {
  const { workspace, print, signal } = context;
  const [{ context: named } = { context: '' }] = readByHost(workspace.dist, [], undefined);
  const host = await findHost(context, named);
  const dir = mkdtempSync(join(tmpdir(), 'tenantry-bench-deploy-'));
  const bench = { host, root: workspace.root, dir, cluster: workspace.cluster, print, signal };
  print(`on ${actualContext(named, workspace)}`);
  try {
    for (const count of ACTIVE) await unchanged(bench, count, 'active');
    await unchanged(bench, PAUSED, 'paused');
    await fresh(bench);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Nothing changed, twice each: the second time is the one that counts. */
async function unchanged(bench: Bench, count: number, state: string): Promise<void> {
  const ids = await declare(bench, count, state);
  try {
    await ours(bench, 'deploy');
    if (state === 'active') await sleep(SETTLE_MILLISECONDS, undefined, { signal: bench.signal });
    for (const command of ['deploy', 'plan']) {
      await ours(bench, command);
      const { seconds, cpu } = await ours(bench, command);
      bench.print(
        `${command}, nothing changed, ${count} ${state}: ${seconds.toFixed(2)} s, ${cpu.toFixed(2)} CPU-seconds of ours`,
      );
    }
  } finally {
    await removeAll(bench, ids);
  }
}

/** New tenants until their workloads are up: ours, by hand one after the other, and all at once. */
async function fresh(bench: Bench): Promise<void> {
  const { print } = bench;
  const ids = await declare(bench, NEW, 'active');
  const deployed = await ours(bench, 'deploy').finally(() => removeAll(bench, ids));
  print(
    `deploy, ${NEW} new: ${deployed.seconds.toFixed(1)} s, ${deployed.cpu.toFixed(1)} CPU-seconds of ours`,
  );
  for (const [title, concurrency] of [
    ['all at once', CONCURRENCY],
    ['one after the other', 1],
  ] as const) {
    const { seconds } = await timed(() => byHand(bench, concurrency)).finally(() =>
      removeAll(bench, ids),
    );
    print(`by hand, ${title}: ${seconds.toFixed(1)} s`);
    print(`ratio ours / by hand, ${title}: ${(deployed.seconds / seconds).toFixed(2)}`);
  }
}

async function byHand(bench: Bench, concurrency: number): Promise<void> {
  const { host, dir, signal } = bench;
  const { $, target } = host;
  const tenants = readTenants(join(dir, 'dist'));
  await eachTenant(
    tenants,
    async (tenant: TenantDist) => {
      const { id } = tenant;
      const place = placeOf(id);
      const files = (part: string) => join(dir, 'dist', id, part);
      await kubectl($, target, ['apply', '-f', files(`host/namespace.${place.namespace}.yaml`)]);
      await kubectl($, target, ['apply', '-f', files('host')]);
      await createVcluster($, target, {
        ...place,
        values: tenant.valuesFile,
        chartVersion: tenant.chartVersion,
        chartDir: await host.chartDir(tenant.chartVersion),
        scratch: dir,
      });
      const statefulSet = `statefulset/${place.name}`;
      await rollout($, reach(target), place.namespace, statefulSet);
      await using connection = await openTenant(await connectHost(host), id, dir, signal);
      await kubectl($, connection.target, ['apply', '-f', files('virtual')]);
      for (const { kind, metadata } of tenant.virtualObjects) {
        if (kind !== 'Deployment') continue;
        const name = `deployment/${metadata.name}`;
        await rollout($, reach(connection.target), metadata.namespace ?? 'default', name);
      }
    },
    { signal, concurrency },
  );
}

async function rollout(
  $: Shell,
  flags: readonly string[],
  namespace: string,
  workload: string,
): Promise<void> {
  await run($, 'kubectl', [...flags, '-n', namespace, 'rollout', 'status', workload, READY]);
}

async function declare(bench: Bench, count: number, state: string): Promise<readonly string[]> {
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
function ours(bench: Bench, command: string): Promise<Measure> {
  const script = join(bench.root, `scripts/${command}.ts`);
  return measure(shellOf(bench), process.execPath, [script]);
}

async function timed(action: () => Promise<unknown>): Promise<{ readonly seconds: number }> {
  const start = performance.now();
  await action();
  return { seconds: (performance.now() - start) / 1000 };
}

async function removeAll({ host }: Bench, ids: readonly string[]): Promise<void> {
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
