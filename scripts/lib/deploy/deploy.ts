import { mkdirSync } from 'node:fs';
import { hostContextOf, readHostWide, readTenants } from '../dist/read.ts';
import { deployTenant, type Outcome } from './deploy-tenant.ts';
import { eachTenant } from './each-tenant.ts';
import { applyHostWide } from './host-wide.ts';
import { ensureHost } from '../cluster/host.ts';
import { settleLives } from './enforce-pauses.ts';
import { liveTenants } from '../cluster/live-tenants.ts';
import type { Context } from '../cli/run-main.ts';
import { ensureServiceImage } from '../cluster/service-image.ts';

type Surroundings = Pick<Context, 'workspace' | 'report' | 'signal' | 'print'>;

/** Makes the clusters match dist/, or the part of it that `ids` names. @throws TenantFailures */
export async function deploy(surroundings: Surroundings, ids: readonly string[]): Promise<void> {
  const { workspace, report, signal, print } = surroundings;
  const tenants = readTenants(workspace.dist, ids);
  const host = await ensureHost(surroundings, hostContextOf(tenants));
  mkdirSync(workspace.state, { recursive: true, mode: 0o700 });
  const settled = await settleLives(host, tenants, report);
  const active = tenants.filter((tenant) => tenant.state === 'active');
  for (const image of new Set(active.map((tenant) => tenant.image))) {
    await ensureServiceImage(host, image, workspace, report);
  }
  const hostWide = await applyHostWide(host, readHostWide(workspace.dist));
  if (hostWide.length > 0) print(`${host.target.context}: ${hostWide.join(', ')}`);

  const options = { state: workspace.state, signal };
  try {
    const outcomes = await eachTenant(
      tenants,
      async (tenant) => {
        const start = performance.now();
        const deployed = await deployTenant(host, tenant, options);
        const changes = [...(settled.get(tenant.id) ?? []), ...deployed.changes];
        const outcome = { ...deployed, changes };
        print(describe(outcome, tenant.state, (performance.now() - start) / 1000));
        return outcome;
      },
      { signal },
    );
    if (hostWide.length === 0 && outcomes.every(({ changes }) => changes.length === 0)) {
      print(`nothing changed: ${outcomes.length} of ${outcomes.length} tenants match dist/`);
    }
  } finally {
    if (!signal.aborted) await reportOrphans(surroundings, host);
  }
}

function describe({ id, changes, greeting }: Outcome, state: string, seconds: number): string {
  const done = changes.length === 0 ? 'nothing changed' : changes.join(', ');
  const end = state === 'offboarding' ? `; held paused\n  → pnpm offboard ${id}` : '';
  const answer = greeting ?? `skipped: ${state}${end}`;
  return `${id}: ${done} (${seconds.toFixed(1)} s)\n${id}: ${answer}`;
}

/** Live but not in dist/: said, and left alone. */
async function reportOrphans(
  { workspace, print }: Surroundings,
  host: Awaited<ReturnType<typeof ensureHost>>,
): Promise<void> {
  const known = new Set(readTenants(workspace.dist).map(({ id }) => id));
  for (const id of await liveTenants(host)) {
    if (!known.has(id)) print(`${id}: orphan: live, but not in dist/; left alone`);
  }
}
