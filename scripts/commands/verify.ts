import { count, evaluate, NEIGHBOURS, orphanProbes, pairsOf } from '@tenantry/isolation';
import { UsageError } from '../lib/cli/errors.ts';
import { defineCommand } from '../lib/cli/run-main.ts';
import { connectHost, findHost } from '../lib/cluster/host.ts';
import { liveTenants } from '../lib/cluster/live-tenants.ts';
import { hostContextOf, readHostWide, readTenants } from '../lib/dist/read.ts';
import { apiOf } from '../lib/kube/api-client.ts';
import { ensureProbeImage } from '../lib/verify/probe-image.ts';
import { renderCounts, renderFindings, renderRows } from '../lib/verify/render.ts';
import { exitCode, runVerify } from '../lib/verify/run.ts';

export default defineCommand({
  usage: 'pnpm verify [ID…] [--json] [--neighbours K]',
  summary:
    'The isolation of the tenants on the live clusters, tried by packets and by API calls. Leaves nothing\n' +
    'behind but its image, which it builds and loads, or pushes. Exit code 1 where anything is open or broken, 3 where something could not be tried.',
  options: {
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
    const { workspace, positionals, values, signal, report, print } = context;
    const neighbours = parseNeighbours(values.neighbours);
    const all = readTenants(workspace.dist);
    const subjects = readTenants(workspace.dist, positionals).map(({ id }) => id);
    const host = await connectHost(await findHost(context, hostContextOf(all)));
    const image = await ensureProbeImage(host, workspace, report);

    const start = performance.now();
    const active = all.filter(({ state }) => state === 'active').map(({ id }) => id);
    const pairs = pairsOf(active, neighbours, subjects);
    const involved = new Set([...subjects, ...pairs.flatMap(({ from, to }) => [from, to])]);
    const rows = [
      ...(await runVerify(
        { host, hostApi: apiOf(host.client), image, signal },
        {
          tenants: all.filter(({ id }) => involved.has(id)),
          subjects,
          pairs,
          hostWide: readHostWide(workspace.dist),
        },
        report,
      )),
      ...evaluate(...orphanProbes(await liveTenants(host.client), all)),
    ];
    const counts = count(rows);
    const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
    const summary = {
      tenants: subjects.length,
      pairs: pairs.length,
      of: pairsOf(active, Infinity, subjects).length,
    };
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
    return exitCode(counts);
  },
});

function parseNeighbours(text: string | undefined): number {
  if (text === undefined) return NEIGHBOURS;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError(
    `--neighbours is ${JSON.stringify(text)}\n  → a whole number from 1 to 9999`,
  );
}
