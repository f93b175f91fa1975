import { count, evaluate, NEIGHBOURS, orphanProbes, pairsOf, type Row } from '@tenantry/isolation';
import { UsageError } from '../lib/cli/errors.ts';
import { HOST_OPTION } from '../lib/cli/options.ts';
import { reportOn } from '../lib/cli/report.ts';
import { type Context, defineCommand } from '../lib/cli/run-main.ts';
import { connectHost, findHost } from '../lib/cluster/host.ts';
import { liveTenants } from '../lib/cluster/live-tenants.ts';
import { type HostTenants, readByHost } from '../lib/dist/read.ts';
import { eachHost } from '../lib/deploy/each-host.ts';
import { apiOf } from '../lib/kube/api-client.ts';
import { ensureProbeImage } from '../lib/verify/probe-image.ts';
import { renderCounts, renderFindings, renderRows } from '../lib/verify/render.ts';
import { exitCode, runVerify } from '../lib/verify/run.ts';

export default defineCommand({
  usage: 'pnpm verify [ID…] [--host NAME] [--json] [--neighbours K]',
  summary:
    'The isolation of the tenants on the live clusters, tried by packets and by API calls. Leaves nothing\n' +
    'behind but its image, which it builds and loads, or pushes. Exit code 1 where anything is open or broken, 3 where something could not be tried.',
  options: {
    host: HOST_OPTION,
    json: { type: 'boolean', description: 'an NDJSON line per probe, then a summary' },
    neighbours: {
      type: 'string',
      value: 'K',
      description: `how many others each tenant tries; default ${NEIGHBOURS}`,
    },
  },
  arguments: { min: 0, max: Infinity },
  live: true,
  async run(context) {
    const { workspace, positionals, values, report, print } = context;
    const neighbours = parseNeighbours(values.neighbours);
    const hosts = readByHost(workspace.dist, positionals, values.host);
    const start = performance.now();
    const { done, failure } = await eachHost(hosts, (dist) =>
      hosts.length === 1
        ? verifyHost(context, dist, neighbours)
        : verifyOneOf({ ...context, report: reportOn(dist.name, report) }, dist, neighbours),
    );
    const rows = done.flatMap((each) => each.rows);
    const counts = count(rows);
    const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
    const sum = (key: 'tenants' | 'pairs' | 'of') => done.reduce((all, each) => all + each[key], 0);
    const summary = { tenants: sum('tenants'), pairs: sum('pairs'), of: sum('of') };
    if (values.json === true) {
      for (const row of rows) print(JSON.stringify({ event: 'probe', ...row }));
      print(JSON.stringify({ event: 'summary', ...summary, ...counts, seconds }));
    } else {
      print(renderRows(rows));
      const sampled = summary.pairs < summary.of ? ', a sample' : '';
      print(`${summary.pairs} of ${summary.of} pairs of tenants${sampled}; ${seconds} s`);
      print(renderCounts(counts));
      const findings = renderFindings(rows);
      if (findings !== '') print(`\n${findings}`);
    }
    if (failure !== null) throw failure;
    return exitCode(counts);
  },
});

/** What was tried on a host, and how many of its tenants and pairs. */
interface Verified {
  readonly rows: readonly Row[];
  readonly tenants: number;
  readonly pairs: number;
  /** How many pairs there are. */
  readonly of: number;
}

async function verifyHost(
  context: Pick<Context, 'workspace' | 'signal' | 'report'>,
  { context: named, hostWide, all, tenants }: HostTenants,
  neighbours: number,
): Promise<Verified> {
  const { workspace, signal, report } = context;
  const host = await connectHost(await findHost(context, named));
  const image = await ensureProbeImage(host, workspace, report);
  const subjects = tenants.map(({ id }) => id);
  const active = all.filter(({ state }) => state === 'active').map(({ id }) => id);
  const pairs = pairsOf(active, neighbours, subjects);
  const involved = new Set([...subjects, ...pairs.flatMap(({ from, to }) => [from, to])]);
  const rows = [
    ...(await runVerify(
      { host, hostApi: apiOf(host.client), image, signal },
      { tenants: all.filter(({ id }) => involved.has(id)), subjects, pairs, hostWide },
      report,
    )),
    ...evaluate(...orphanProbes(await liveTenants(host.client), all)),
  ];
  const of = pairsOf(active, Infinity, subjects).length;
  return { rows, tenants: subjects.length, pairs: pairs.length, of };
}

/** The same on one of several hosts: what is of no tenant is told by the host's name. */
async function verifyOneOf(
  context: Pick<Context, 'workspace' | 'signal' | 'report'>,
  dist: HostTenants,
  neighbours: number,
): Promise<Verified> {
  const verified = await verifyHost(context, dist, neighbours);
  const rows = verified.rows.map((row) =>
    row.tenant === '-' ? { ...row, tenant: `host ${dist.name}` } : row,
  );
  return { ...verified, rows };
}

function parseNeighbours(text: string | undefined): number {
  if (text === undefined) return NEIGHBOURS;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError(
    `--neighbours is ${JSON.stringify(text)}\n  → a whole number from 1 to 9999`,
  );
}
