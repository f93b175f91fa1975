import { HOURS_A_MONTH, usageOf } from '@tenantry/tenants';
import { UsageError } from '../lib/cli/errors.ts';
import { defineCommand } from '../lib/cli/run-main.ts';
import { readHistory } from '../lib/usage/history.ts';
import { moment, type Note, notesFor } from '../lib/usage/notes.ts';
import { periodOf } from '../lib/usage/period.ts';
import { asCsv, asEvents, asTable, idsAgain, noteLines } from '../lib/usage/render.ts';
import { readVolumes } from '../lib/usage/volumes.ts';

export default defineCommand({
  usage: 'pnpm usage [--from DATE] [--to DATE] [--commit REV] [--json | --csv]',
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
    commit: {
      type: 'string',
      value: 'REV',
      description: 'the history to read; default: HEAD. A bill names its commit',
    },
    json: { type: 'boolean', description: 'an NDJSON line per tenant and note, then a summary' },
    csv: { type: 'boolean', description: 'comma-separated; notes go to standard error' },
  },
  async run(context) {
    const { workspace, values, $, print, report } = context;
    if (values.json === true && values.csv === true) {
      throw new UsageError('--json and --csv exclude each other\n  → give one of them');
    }
    const now = Date.now();
    const { commit } = values;
    const history = await readHistory($, workspace.tenantsFile, {
      now,
      ...(commit !== undefined && { commit }),
    });
    const first = history.start ?? history.versions[0]?.at ?? now;
    const period = periodOf(values, first, now);
    const { volumes, why, error } = await readVolumes(context);
    const counted = { ...period, from: Math.max(period.from, history.start ?? Infinity) };
    const usages = usageOf(history.versions, volumes, counted);
    const notes: readonly Note[] = [
      ...notesFor(history.notes, period),
      ...idsAgain(usages).map((id): Note => {
        const text = `${id} left tenants.json and came back: a row for each stay, which may be another customer's`;
        return { kind: 'id-again', text };
      }),
      {
        kind: 'rule',
        text: 'hours run from commit to commit; when a deploy followed, Git does not know',
      },
      {
        kind: 'volumes',
        text:
          volumes === null
            ? `volumes are not known: ${why}`
            : `volumes that are gone are not counted; a size counts as it is now; a month has ${HOURS_A_MONTH} hours`,
      },
    ];
    if (values.json === true) {
      for (const line of asEvents(usages)) print(line);
      for (const { kind, text } of notes) print(JSON.stringify({ event: 'note', kind, text }));
      const summary = {
        event: 'summary',
        tenants: usages.length,
        from: moment(period.from),
        to: moment(period.to),
        ...history.source,
        notes: notes.map(({ kind, text }) => ({ kind, text })),
      };
      print(JSON.stringify(summary));
    } else {
      print(values.csv === true ? asCsv(usages) : asTable(usages));
      for (const line of noteLines(notes)) report.line(line);
    }
    // The hours are told all the same; they do not hang on the cluster.
    if (error !== null) throw error;
  },
});
