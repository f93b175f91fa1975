import { printable } from '../cli/printable.ts';
import type { ProgressEvent } from './event.ts';
import { describeSeconds, type Lines } from './lines.ts';
import { summarizeChanges } from './summarize-changes.ts';

/**
 * The same lines for GitHub Actions: a failure is an annotation as well, and what a line only counts
 * is named in a group, which is folded.
 */
export function withAnnotations(event: ProgressEvent, lines: Lines): Lines {
  if (event.event === 'summary' && event.error !== null && event.failed === 0) {
    return { ...lines, err: `${lines.err}${command('error', {}, event.error)}` };
  }
  if (event.event !== 'tenant') return lines;
  const { tenant, changes, seconds } = event;
  const title = summarizeChanges(changes);
  const group =
    title.length === changes.length
      ? ''
      : [
          command('group', {}, `${tenant}: ${title.join(', ')} (${describeSeconds(seconds)})`),
          ...changes.map(({ text }) => `${printable(text)}\n`),
          command('endgroup', {}, ''),
        ].join('');
  const error = event.state === 'failed' ? command('error', { title: tenant }, event.error) : '';
  return { ...lines, err: `${lines.err}${group}${error}` };
}

/** A workflow command. Its text is somebody else's: nothing in it ends the command or begins another. */
function command(
  name: 'error' | 'group' | 'endgroup',
  properties: Readonly<Record<string, string>>,
  text: string,
): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`);
  return `::${name}${list.length === 0 ? '' : ` ${list.join(',')}`}::${escapeData(text)}\n`;
}

function escapeData(text: string): string {
  return printable(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
