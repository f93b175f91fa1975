import { type TenantStatus, tenantStatuses } from '@tenantry/plan';
import { isUnpaid } from '@tenantry/tenants';
import { hostContextOf, readTenants } from './lib/dist/read.ts';
import { messageOf } from './lib/cli/errors.ts';
import { findHost } from './lib/cluster/host.ts';
import type { Report } from './lib/cli/report.ts';
import { runMain } from './lib/cli/run-main.ts';
import { readFleet } from './lib/dist/synth.ts';
import { age, table } from './lib/cli/table.ts';
import { observe } from './lib/cluster/observe.ts';
import { today } from './lib/cli/dates.ts';

await runMain({
  usage: 'pnpm status [ID…] [--json]',
  summary: 'A row per tenant: state wanted and seen, version, pods, age, drift.',
  options: { json: { type: 'boolean', description: 'an NDJSON line per tenant, then a summary' } },
  arguments: { min: 0, max: Infinity },
  async run(context) {
    const { workspace, positionals, values, print, report } = context;
    const tenants = readTenants(workspace.dist);
    readTenants(workspace.dist, positionals);
    const host = await findHost(context, hostContextOf(tenants));
    const unpaid = readUnpaid(workspace.tenantsFile, report);
    const statuses = tenantStatuses(tenants, await observe(host), unpaid).filter(
      ({ id }) => positionals.length === 0 || positionals.includes(id),
    );
    if (values.json !== true) return print(asTable(statuses));
    for (const status of statuses) print(JSON.stringify({ event: 'tenant', ...status }));
    const drifted = statuses.filter(({ drift }) => drift.length > 0).length;
    print(JSON.stringify({ event: 'summary', tenants: statuses.length, drifted }));
  },
});

/** Last paid days that are over. A tenants.json that cannot be read leaves the rest to be shown. */
function readUnpaid(tenantsFile: string, report: Report): ReadonlyMap<string, string> {
  try {
    const day = today();
    const unpaid = readFleet(tenantsFile).tenants.filter((tenant) => isUnpaid(tenant, day));
    return new Map(unpaid.map(({ id, paidThrough }) => [id, paidThrough ?? '']));
  } catch (error) {
    report.line(`who has paid is not known: ${messageOf(error)}`);
    return new Map();
  }
}

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
