import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { placeOf } from '@tenantry/plan';
import type { Context } from '../cli/run-main.ts';
import { run, type Shell } from '../cli/shell.ts';
import { connectHost } from '../cluster/host.ts';
import { openTenant } from '../cluster/tenant-connection.ts';
import { CONCURRENCY, eachTenant } from '../deploy/each-tenant.ts';
import { readTenants, type TenantDist } from '../dist/read.ts';
import { kubectl, reach } from '../tools/kubectl.ts';
import { createVcluster } from '../tools/vcluster.ts';
import {
  type Bench,
  declare,
  describeMeasure,
  ours,
  removeAll,
  withBench,
} from './bench-tenants.ts';

/** Active tenants of which nothing has changed; a two-core node runs no more than some fifteen. */
const ACTIVE = [2, 10];
const PAUSED = 200;
const NEW = 8;
const READY = '--timeout=300s';
/** New clusters are busy for a while after their service answers. */
const SETTLE_MILLISECONDS = 60_000;

/**
 * `pnpm deploy` and `pnpm plan` as whole processes on our own cluster: with nothing changed, and
 * with new tenants against the same by hand. Makes its own tenants and removes them.
 */
export async function benchDeploy(context: Context): Promise<void> {
  await withBench(context, async (bench) => {
    for (const count of ACTIVE) await unchanged(bench, count, 'active');
    await unchanged(bench, PAUSED, 'paused');
    await fresh(bench);
  });
}

/** Nothing changed, twice each: the second time is the one that counts. */
async function unchanged(bench: Bench, count: number, state: string): Promise<void> {
  const ids = await declare(bench, count, state);
  try {
    await ours(bench, 'deploy');
    if (state === 'active') await sleep(SETTLE_MILLISECONDS, undefined, { signal: bench.signal });
    for (const command of ['deploy', 'plan']) {
      await ours(bench, command);
      const measured = describeMeasure(await ours(bench, command));
      bench.print(`${command}, nothing changed, ${count} ${state}: ${measured}`);
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
  print(`deploy, ${NEW} new: ${describeMeasure(deployed)}`);
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

async function timed(action: () => Promise<unknown>): Promise<{ readonly seconds: number }> {
  const start = performance.now();
  await action();
  return { seconds: (performance.now() - start) / 1000 };
}
