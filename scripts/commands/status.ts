import { describeDrift, type TenantStatus, tenantStatuses, withPlanned } from '@tenantry/plan';
import { isUnpaid } from '@tenantry/tenants';
import { today } from '../lib/cli/dates.ts';
import { messageOf } from '../lib/cli/errors.ts';
import type { Report } from '../lib/cli/report.ts';
import { defineCommand, EXIT } from '../lib/cli/run-main.ts';
import { age, table } from '../lib/cli/table.ts';
import { connectionsOf } from '../lib/cluster/connections.ts';
import { lookAtHost } from '../lib/cluster/look-host.ts';
import { makePlan, readDist } from '../lib/deploy/make-plan.ts';
import { hostContextOf } from '../lib/dist/read.ts';
import { readFleet } from '../lib/dist/synth.ts';
import { revealWith } from '../lib/secrets/reveal.ts';

export default defineCommand({
  usage: 'pnpm status [ID…] [--json]',
  summary:
    'A row per tenant: state wanted and seen, version, pods, age, and every drift that a deploy would\n' +
    'mend. Exit code 4 where there is any.',
  options: { json: { type: 'boolean', description: 'an NDJSON line per tenant, then a summary' } },
  arguments: { min: 0, max: Infinity },
  async run(context) {
    const { workspace, positionals, values, print, report } = context;
    const dist = readDist(workspace, positionals);
    await using connections = connectionsOf(await lookAtHost(workspace, hostContextOf(dist.all)));
    const { plan, observed } = await makePlan(connections, dist, {
      reveal: revealWith(context, dist.secrets),
    });
    const unpaid = readUnpaid(workspace.tenantsFile, report);
    const rows = tenantStatuses(dist.all, observed.objects, unpaid).filter(
      ({ id }) => positionals.length === 0 || positionals.includes(id),
    );
    const statuses = withPlanned(rows, plan.tenants);
    const shared = plan.hostWide.flatMap(describeDrift);
    const drifted = statuses.filter(({ drift }) => drift.length > 0).length;
    if (values.json === true) {
      for (const status of statuses) print(JSON.stringify({ event: 'tenant', ...status }));
      const summary = { tenants: statuses.length, drifted, hostWide: shared };
      print(JSON.stringify({ event: 'summary', ...summary }));
    } else {
      print(asTable(statuses));
      if (shared.length > 0) print(`what all tenants share: ${shared.join('; ')}`);
    }
    return drifted > 0 || shared.length > 0 ? EXIT.found : EXIT.done;
  },
});

/** Last paid days that are over. A tenants.json that cannot be read leaves the rest to be shown. */
function readUnpaid(tenantsFile: string, report: Report): ReadonlyMap<string, string> {
  try {
    const day = today();
    const unpaid = readFleet(tenantsFile).tenants.filter((tenant) => isUnpaid(tenant, day));
    return new Map(unpaid.map(({ id, paidThrough }) => [id, paidThrough ?? '']));
  } catch (error) {
    report.line(`unpaid tenants are not marked: ${messageOf(error)}`);
    return new Map();
  }
}

function asTable(statuses: readonly TenantStatus[]): string {
  const now = Date.now();
  const named = statuses.some(({ hostnames }) => hostnames.length > 0);
  return table([
    ['TENANT', 'WANTED', 'SEEN', 'VERSION', 'PODS', 'AGE', ...(named ? ['NAMES'] : []), 'DRIFT'],
    ...statuses.map(({ id, wanted, seen, version, pods, since, hostnames, drift }) => [
      id,
      wanted,
      seen,
      version ?? '-',
      `${pods.ready}/${pods.all}`,
      age(since, now),
      ...(named ? [hostnames.join(' ') || '-'] : []),
      drift.join('; ') || '-',
    ]),
  ]);
}
