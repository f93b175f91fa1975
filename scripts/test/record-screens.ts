import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgressEvent } from '../lib/progress/event.ts';
import { Progress } from '../lib/progress/progress.ts';

// Loaded before a command that runs in tmux, records its events and its screens for screens.test.ts;
// of the screens, taken every few seconds, most are to be deleted. A window may be widened meanwhile,
// not narrowed: a terminal breaks the lines of a table that was drawn before.
//
//   tmux new-session -x 80 -y 24 'RECORD=deploy node --import ./scripts/test/record-screens.ts scripts/deploy.ts'

const SECONDS = 5;

const data = join(import.meta.dirname, 'data/screens');
const name = process.env['RECORD'] ?? 'recorded';

type See = (this: Progress, event: ProgressEvent) => void;
const seen: { see: See } = Progress.prototype;
const { see } = seen;
seen.see = function (event) {
  appendFileSync(join(data, `${name}.ndjson`), `${JSON.stringify(event)}\n`);
  see.call(this, event);
};

const { stderr } = process;
// What a screen shows is as old as what was last written.
let written = Date.now();
const write = stderr.write.bind(stderr);
stderr.write = ((...args: Parameters<typeof write>) => {
  written = Date.now();
  return write(...args);
}) as typeof write;

function takeScreen(rows: number, time: number): void {
  // tmux reads while nothing is written.
  execFileSync('sleep', ['1']);
  const text = execFileSync('tmux', ['capture-pane', '-p'], { encoding: 'utf8' }).trimEnd();
  const at = new Date(time).toISOString().replaceAll(':', '');
  writeFileSync(join(data, `${name}-${stderr.columns}x${rows}-${at}.txt`), `${text}\n`);
}

setInterval(() => takeScreen(stderr.rows, written), SECONDS * 1000).unref();
process.on('exit', () => {
  execFileSync('tmux', ['resize-window', '-y', '100']);
  takeScreen(100, Date.now());
});
