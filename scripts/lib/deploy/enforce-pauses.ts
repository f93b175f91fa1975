import { hostNamespace, SYNCED_LABEL, vclusterName } from '@tenantry/tenants';
import type { TenantDist } from '../dist/read.ts';
import type { Host } from '../cluster/host.ts';
import { getObjects, kubectl } from '../tools/kubectl.ts';
import { type LifeDrift, lifeDrifts } from '@tenantry/plan';
import { scale } from './pause-tenant.ts';
import type { Report } from '../cli/report.ts';
import { placeOf } from '../cluster/tenant-connection.ts';

/**
 * What a deploy does first: it scales to zero what is to be held and runs, so that the control
 * planes end while the rest is made ready, and takes away what `vcluster pause` has noted, by
 * which `vcluster resume` would wake a tenant. Pods that are lost with it are named before.
 * Returns what was done, by tenant.
 */
export async function settleLives(
  host: Host,
  tenants: readonly TenantDist[],
  report: Report,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { $, target } = host;
  const seen = await getObjects($, target, [
    'statefulsets,pods',
    '--all-namespaces',
    '--selector',
    'app=vcluster',
  ]);
  const drifts = lifeDrifts(tenants, seen);
  if (!drifts.some(({ running }) => running)) return settle(host, drifts);
  const pods = await getObjects($, target, [
    'pods',
    '--all-namespaces',
    '--selector',
    SYNCED_LABEL,
  ]);
  const withPods = lifeDrifts(tenants, [...seen, ...pods]);
  for (const { id, barePods } of withPods) {
    if (barePods.length === 0) continue;
    report.line(
      `${id}: the pause ends pods that nothing makes again: ${barePods.join(', ')}\n  → after the resume their owner has to make them; a Deployment would`,
    );
  }
  return settle(host, withPods);
}

async function settle(
  host: Host,
  drifts: readonly LifeDrift[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { $, target } = host;
  const settled = drifts.map(async ({ id, running, foreign }) => {
    const name = `statefulset/${vclusterName(id)}`;
    const where = ['-n', hostNamespace(id)];
    if (running) await scale(host, placeOf(id), 0);
    if (foreign.length > 0) {
      await kubectl($, target, ['annotate', ...where, name, ...foreign.map((key) => `${key}-`)]);
    }
    return [
      id,
      [
        ...(running ? ['ran, and is held at zero'] : []),
        ...(foreign.length > 0 ? ["a foreign `vcluster pause`'s notes removed"] : []),
      ],
    ] as const;
  });
  return new Map(await Promise.all(settled));
}
