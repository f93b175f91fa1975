import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../lib/cli/printable.ts';
import { eventSchema, type ProgressEvent } from '../lib/progress/event.ts';
import { lastingLines } from '../lib/progress/lines.ts';
import { Progress } from '../lib/progress/progress.ts';
import {
  githubRenderer,
  lineRenderer,
  type Renderer,
  type Streams,
} from '../lib/progress/renderer.ts';
import { renderTable } from '../lib/progress/table.ts';

/**
 * What deploys told on a real cluster, and what a terminal (tmux) showed meanwhile: columns,
 * rows and time (without its colons, which not every file system takes) are in a screen's name. One of 100 rows is all that was there at the end.
 * record-screens.ts records them.
 */
const data = join(import.meta.dirname, 'data/screens');

function recorded(name: string): readonly ProgressEvent[] {
  return readFileSync(join(data, `${name}.ndjson`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => eventSchema.parse(JSON.parse(line)));
}

/** The last rows of a terminal at a time. */
function screenAt(
  events: readonly ProgressEvent[],
  { columns, rows, now }: { readonly columns: number; readonly rows: number; readonly now: number },
): string {
  const progress = new Progress();
  let text = '';
  for (const event of events) {
    if (Date.parse(event.time) > now) break;
    progress.see(event);
    const { out, err } = lastingLines(event);
    text += printable(`${out}${err}`);
    if (event.event === 'summary' && event.error !== null) text += `${printable(event.error)}\n`;
  }
  text += renderTable(progress, { columns, rows, now, paint: (_, plain) => plain });
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [''])
    .map((line) => line.trimEnd())
    .slice(-(rows - 1))
    .join('\n');
}

const files = readdirSync(data);

const captures = files.flatMap((file) => {
  const [, name = '', columns, rows, time = ''] =
    /^([a-z-]+)-(\d+)x(\d+)-(\d{4}-.*)\.txt$/.exec(file) ?? [];
  return name === ''
    ? []
    : [{ file, name, columns: Number(columns), rows: Number(rows), now: timeOf(time) }];
});

function timeOf(name: string): number {
  return Date.parse(name.replace(/T(\d\d)(\d\d)/, 'T$1:$2:'));
}

test.each(captures)('a terminal of $columns × $rows: $file', ({ file, name, ...screen }) => {
  const captured = readFileSync(join(data, file), 'utf8').trimEnd();
  expect(screenAt(recorded(name), screen)).toBe(captured);
});

/** All that a renderer writes, in its order. */
function written(rendererOf: (streams: Streams) => Renderer, name: string): string {
  let text = '';
  const write = (more: string) => void (text += more);
  const progress = new Progress();
  const renderer = rendererOf({ out: write, err: write });
  for (const event of recorded(name)) {
    progress.see(event);
    renderer.show(event, progress);
  }
  return text;
}

const recordings = files.flatMap((file) => /^(.*)\.ndjson$/.exec(file)?.[1] ?? []);

test.each(recordings)('the log: %s', (name) => {
  expect(written(lineRenderer, name)).toMatchSnapshot();
});

test('the log on GitHub: failure', () => {
  expect(written(githubRenderer, 'failure')).toMatchSnapshot();
});
