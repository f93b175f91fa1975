import cliTruncate from 'cli-truncate';
import { oneLine } from '../cli/one-line.ts';
import { printable } from '../cli/printable.ts';
import type { Counts, Progress, Row } from './progress.ts';

/** Where a table is shown. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly paint: (style: Style, text: string) => string;
}

export type Style = 'bold' | 'dim' | 'red';

const SEPARATOR = '  ';

/** What runs, a row per tenant or step, below how far it all is; as many rows as the screen has. */
export function renderTable(progress: Progress, screen: Screen): string {
  const counts = progress.counts();
  const tenants = progress.running();
  const steps = progress.steps();
  const head = counts.tenants > 0 && counts.running + counts.waiting > 0 ? 1 : 0;
  // The cursor stands below; and one row says what has none.
  const room = Math.max(1, screen.rows - 2 - head - steps.length);
  const shown = tenants.slice(0, room);
  const [idWidth, stepWidth] = [
    Math.max(0, ...shown.map(([id]) => id.length)),
    Math.max(0, ...shown.map(([, { step }]) => step.length)),
  ];
  const more = [
    ...(shown.length < tenants.length ? [`${tenants.length - shown.length} more run`] : []),
    ...(counts.waiting > 0 ? [`${counts.waiting} wait`] : []),
  ];
  return [
    ...(head === 1 ? [renderHead(counts, progress, screen)] : []),
    ...steps.map((row) => renderRow(printable(row.step), row, screen)),
    ...shown.map(([id, row]) =>
      renderRow([id.padEnd(idWidth), row.step.padEnd(stepWidth)].join(SEPARATOR), row, screen),
    ),
    ...(more.length > 0 ? [screen.paint('dim', `… ${more.join(', ')}`)] : []),
  ]
    .slice(0, Math.max(1, screen.rows - 1))
    .map((line) => cliTruncate(line, screen.columns))
    .join('\n');
}

function renderHead(
  { tenants, done, failed }: Counts,
  { begun, wave }: Pick<Progress, 'begun' | 'wave'>,
  { now, paint }: Screen,
): string {
  const seconds = Math.floor((now - (begun ?? now)) / 1000);
  const title = `${done + failed} of ${tenants} tenants`;
  return [
    paint('bold', title),
    ...(failed > 0 ? [paint('red', `${failed} failed`)] : []),
    ...(wave === null ? [] : [`wave ${printable(wave)}`]),
    `${seconds} s`,
  ].join(' · ');
}

function renderRow(title: string, { since, waitsFor }: Row, { now, paint }: Screen): string {
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  return [
    title,
    `${seconds} s`.padStart(5),
    ...(waitsFor === null ? [] : [paint('dim', oneLine(printable(waitsFor)))]),
  ].join(SEPARATOR);
}
