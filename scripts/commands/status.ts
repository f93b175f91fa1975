import { describeDrift, type TenantStatus, tenantStatuses, withPlanned } from '@tenantry/plan';
import { isUnpaid } from '@tenantry/tenants';
import { today } from '../lib/cli/dates.ts';
import { messageOf } from '../lib/cli/errors.ts';
import { HOST_OPTION } from '../lib/cli/options.ts';
import type { Report } from '../lib/cli/report.ts';
import { defineCommand, EXIT } from '../lib/cli/run-main.ts';
import { age, table } from '../lib/cli/table.ts';
import { connectionsOf } from '../lib/cluster/connections.ts';
import { lookAtHost } from '../lib/cluster/look-host.ts';
import { eachHost } from '../lib/deploy/each-host.ts';
import { makePlan, readDist } from '../lib/deploy/make-plan.ts';
import { readFleet } from '../lib/dist/synth.ts';
import { revealWith } from '../lib/secrets/reveal.ts';

export default defineCommand({
  usage: 'pnpm status [ID…] [--host NAME] [--json]',
  summary:
    'A row per tenant: state wanted and seen, version, pods, age, and every drift that a deploy would\n' +
    'mend. Exit code 4 where there is any.',
  options: {
    host: HOST_OPTION,
    json: { type: 'boolean', description: 'an NDJSON line per tenant, then a summary' },
  },
  arguments: { min: 0, max: Infinity },
  async run(context) {
    const { workspace, positionals, values, print, report } = context;
    const hosts = readDist(workspace, positionals, values);
    const unpaid = readUnpaid(workspace.tenantsFile, report);
    const { done, failure } = await eachHost(hosts, async (dist) => {
      await using connections = connectionsOf(await lookAtHost(workspace, dist.context));
      const { plan, observed } = await makePlan(connections, dist, {
        reveal: revealWith(context, dist.secrets),
        takeOver: dist.engine === 'flux',
      });
      const rows = tenantStatuses(dist.all, observed.objects, unpaid).filter(
        ({ id }) => positionals.length === 0 || positionals.includes(id),
      );
      const shared = plan.hostWide.flatMap(describeDrift);
      return { host: dist.name, statuses: withPlanned(rows, plan.tenants), shared };
    });
    const several = hosts.length > 1;
    const rows = done.flatMap(({ host, statuses }) =>
      statuses.map((status): Row => ({ ...status, ...(several && { host }) })),
    );
    const shared = done.flatMap((each) =>
      each.shared.map((drift) => (several ? `${each.host}: ${drift}` : drift)),
    );
    const drifted = rows.filter(({ drift }) => drift.length > 0).length;
    if (values.json === true) {
      for (const row of rows) print(JSON.stringify({ event: 'tenant', ...row }));
      const summary = { tenants: rows.length, drifted, hostWide: shared };
      print(JSON.stringify({ event: 'summary', ...summary }));
    } else {
      print(asTable(rows));
      if (shared.length > 0) print(`what all tenants share: ${shared.join('; ')}`);
    }
    if (failure !== null) throw failure;
    return drifted > 0 || shared.length > 0 ? EXIT.found : EXIT.done;
  },
});

/** With the name of the host where there are several. */
type Row = TenantStatus & { readonly host?: string };

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

function asTable(rows: readonly Row[]): string {
  const now = Date.now();
  const named = rows.some(({ hostnames }) => hostnames.length > 0);
  const several = rows.some(({ host }) => host !== undefined);
  return table([
    [
      'TENANT',
      ...(several ? ['HOST'] : []),
      'WANTED',
      'SEEN',
      'VERSION',
      'PODS',
      'AGE',
      ...(named ? ['NAMES'] : []),
      'DRIFT',
    ],
    ...rows.map(({ id, host, wanted, seen, version, pods, since, hostnames, drift }) => [
      id,
      ...(several ? [host ?? '-'] : []),
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
