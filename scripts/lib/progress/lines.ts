import { oneLine } from '../cli/one-line.ts';
import type { ProgressEvent, StepEvent, TenantEvent, WaveEvent } from './event.ts';
import type { Progress } from './progress.ts';
import { summarizeChanges } from './summarize-changes.ts';

/** What an event has a command write: results to standard output, all else to standard error. */
export interface Lines {
  readonly out: string;
  readonly err: string;
}

/** Lines that stay, for logs: one for each change of state. `progress` has seen the event. */
export function linesOf(event: ProgressEvent, progress: Pick<Progress, 'counts'>): Lines {
  if (event.event === 'step') return { out: '', err: stepLine(event) };
  if (event.event === 'wave') return { out: '', err: waveLine(event) };
  const lines = lastingLines(event);
  const isEnd = event.event === 'tenant' && event.state !== 'interrupted';
  return isEnd ? { ...lines, err: lines.err + countLine(progress) } : lines;
}

/** Those of them that say something which a table of what runs does not show any more. */
export function lastingLines(event: ProgressEvent): Lines {
  switch (event.event) {
    case 'result':
      return { out: `${event.text}\n`, err: '' };
    case 'message':
      return { out: '', err: `${event.text}\n` };
    case 'tenant':
      return tenantLines(event);
    case 'wave':
      return { out: '', err: event.state === 'running' ? '' : waveLine(event) };
    case 'step': {
      const isTold =
        event.tenant === null && event.state !== 'running' && event.state !== 'waiting';
      return { out: '', err: isTold ? stepLine(event) : '' };
    }
    default:
      return { out: '', err: '' };
  }
}

export function describeSeconds(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}

function stepLine(event: StepEvent): string {
  const { tenant } = event;
  const title = tenant === null ? event.step : `${tenant}: ${event.step}`;
  switch (event.state) {
    case 'running':
      // Of a tenant's step its end is told, and what it waits for.
      return tenant === null ? `· ${title} …\n` : '';
    case 'waiting':
      return `· ${title}: ${cut(event.waitsFor)}\n`;
    case 'skipped':
      return `- ${title}: ${event.why}\n`;
    case 'done':
      // A short step of a tenant's says nothing that its end does not.
      return tenant !== null && event.seconds < SHORT_SECONDS
        ? ''
        : `✓ ${title} (${describeSeconds(event.seconds)})\n`;
    case 'failed':
      return `✗ ${title} (${describeSeconds(event.seconds)})\n`;
    default:
      return `✗ ${title}: interrupted (${describeSeconds(event.seconds)})\n`;
  }
}

function waveLine({ wave, state, tenants }: WaveEvent): string {
  const title = `wave ${wave} (${tenants.length === 1 ? '1 tenant' : `${tenants.length} tenants`})`;
  if (state === 'running') return `· ${title} …\n`;
  return `${state === 'done' ? '✓' : '✗'} ${title}: ${state}\n`;
}

function tenantLines(event: TenantEvent): Lines {
  const { tenant, state, changes } = event;
  const seconds = `(${describeSeconds(event.seconds)})`;
  const done = summarizeChanges(changes).join(', ');
  if (state === 'done') {
    const out = `${tenant}: ${done || 'nothing changed'} ${seconds}\n${tenant}: ${event.answer}\n`;
    return { out, err: '' };
  }
  const what = state === 'failed' ? 'it failed' : 'it was interrupted';
  return {
    out: changes.length === 0 ? '' : `${tenant}: ${done} ${seconds}, then ${what}\n`,
    err: state === 'failed' ? `✗ ${tenant}: ${reasonOf(event.error)}\n` : '',
  };
}

const SHORT_SECONDS = 1;
/** What is longer is said whole at the end, or in the events. */
const TEXT_LENGTH = 160;

/** The beginning of an error; all of it is said at the end. */
function reasonOf(error: string): string {
  const [what = '', why = ''] = error.split('\n', 2).map((line) => line.trim());
  return cut(why === '' ? what : `${what}: ${why}`);
}

function cut(text: string): string {
  const line = oneLine(text);
  return line.length > TEXT_LENGTH ? `${line.slice(0, TEXT_LENGTH)}…` : line;
}

function countLine(progress: Pick<Progress, 'counts'>): string {
  const { tenants, done, failed } = progress.counts();
  if (tenants === 1) return '';
  return `· ${done + failed} of ${tenants} tenants${failed > 0 ? `, ${failed} failed` : ''}\n`;
}
