import { hostContextOf, readTenants } from './lib/deliveries.ts';
import { findHost } from './lib/host.ts';
import { runMain } from './lib/run-main.ts';
import { age, table } from './lib/table.ts';
import { observe, type TenantStatus, tenantStatuses } from './lib/tenant-status.ts';

await runMain({
  usage: 'pnpm status [ID…] [--json]',
  summary: 'A row per tenant: state wanted and seen, version, pods, age, drift.',
  options: { json: { type: 'boolean', description: 'an NDJSON line per tenant, then a summary' } },
  arguments: { min: 0, max: Infinity },
  async run(context) {
    const { workspace, positionals, values, print } = context;
    const tenants = readTenants(workspace.dist);
    readTenants(workspace.dist, positionals);
    const host = await findHost(context, hostContextOf(tenants));
    const statuses = tenantStatuses(tenants, await observe(host)).filter(
      ({ id }) => positionals.length === 0 || positionals.includes(id),
    );
    if (values.json !== true) return print(asTable(statuses));
    for (const status of statuses) print(JSON.stringify({ event: 'tenant', ...status }));
    const drifted = statuses.filter(({ drift }) => drift.length > 0).length;
    print(JSON.stringify({ event: 'summary', tenants: statuses.length, drifted }));
  },
});

function asTable(statuses: readonly TenantStatus[]): string {
  const now = Date.now();
  return table([
    ['TENANT', 'WANTED', 'SEEN', 'VERSION', 'PODS', 'AGE', 'DRIFT'],
    ...statuses.map(({ id, wanted, seen, version, pods, since, drift }) => [
      id,
      wanted,
      seen,
      version ?? '-',
      `${pods.ready}/${pods.all}`,
      age(since, now),
      drift.join('; ') || '-',
    ]),
  ]);
}
