import { HOURS_A_MONTH, usageOf } from '@tenantry/tenants';
import { UsageError } from './lib/cli/errors.ts';
import { runMain } from './lib/cli/run-main.ts';
import { readHistory } from './lib/usage/history.ts';
import { periodOf } from './lib/usage/period.ts';
import { asCsv, asEvents, asTable } from './lib/usage/render.ts';
import { readVolumes } from './lib/usage/volumes.ts';

await runMain({
  usage: 'pnpm usage [--from DATE] [--to DATE] [--json | --csv]',
  summary:
    "What each tenant has used: hours, CPU-hours and GiB-hours that its plan requests, from Git's history of\n" +
    'tenants.json; GiB-months of its volumes, from the cluster. What cannot be known is said.',
  options: {
    from: {
      type: 'string',
      value: 'DATE',
      description: 'the first day; default: the first commit',
    },
    to: { type: 'string', value: 'DATE', description: 'the last day; default: until now' },
    json: { type: 'boolean', description: 'an NDJSON line per tenant and note, then a summary' },
    csv: { type: 'boolean', description: 'comma-separated; notes go to standard error' },
  },
  async run(context) {
    const { workspace, values, $, print, report } = context;
    if (values.json === true && values.csv === true) {
      throw new UsageError('--json and --csv exclude each other\n  → give one of them');
    }
    const history = await readHistory($, workspace.tenantsFile);
    const first = history.versions[0]?.at ?? 0;
    const period = periodOf(values, first, Date.now());
    const volumes = await readVolumes(context);
    const usages = usageOf(history.versions, typeof volumes === 'string' ? null : volumes, period);
    const notes = [
      ...(period.from < first
        ? [`before ${new Date(first).toISOString()} there was no tenants.json: nothing is counted`]
        : []),
      ...history.notes,
      'hours run from commit to commit; when a deploy followed, Git does not know',
      typeof volumes === 'string'
        ? `volumes are not known: ${volumes}`
        : `volumes that are gone are not counted; a size counts as it is now; a month has ${HOURS_A_MONTH} hours`,
    ];
    if (values.json === true) {
      for (const line of asEvents(usages)) print(line);
      for (const text of notes) print(JSON.stringify({ event: 'note', text }));
      const [from, to] = [period.from, period.to].map((moment) => new Date(moment).toISOString());
      return print(JSON.stringify({ event: 'summary', tenants: usages.length, from, to }));
    }
    print(values.csv === true ? asCsv(usages) : asTable(usages));
    for (const note of notes) report.line(`- ${note}`);
  },
});
