import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import { lastingLines } from './lines.ts';
import type { Progress } from './progress.ts';
import { type Renderer, type Streams, write } from './renderer.ts';
import { renderTable, type Screen } from './table.ts';

/** What log-update does. */
export interface Area {
  (text: string): void;
  clear(): void;
}

export interface LiveOptions {
  readonly streams: Streams;
  /** The last lines of the terminal. */
  readonly area: Area;
  readonly screen: () => Screen;
}

const REDRAW_MILLISECONDS = 250;

/**
 * What runs as a table in the last lines of a terminal; above it what stays. It is drawn by the
 * clock, however many events there are, and below what is written.
 */
export function liveRenderer({ streams, area, screen }: LiveOptions): Renderer {
  let seen: Progress | null = null;
  const draw = () => {
    if (seen !== null) area(renderTable(seen, screen()));
  };
  const timer = setInterval(draw, REDRAW_MILLISECONDS);
  timer.unref();
  return {
    show(event, progress) {
      seen = progress;
      const lines = lastingLines(event);
      if (lines.out !== '' || lines.err !== '') {
        area.clear();
        write(streams, lines);
        draw();
      }
    },
    close() {
      clearInterval(timer);
      area.clear();
    },
  };
}

/** The table on the terminal that is standard error. */
export function openLive(streams: Streams): Renderer {
  const stderr = process.stderr;
  return liveRenderer({
    streams,
    // A hidden cursor would stay hidden where the command is killed.
    area: createLogUpdate(stderr, { showCursor: true }),
    screen: () => ({
      // A terminal that does not know its size says 0.
      columns: stderr.columns || 80,
      rows: stderr.rows || 24,
      now: Date.now(),
      // Knows NO_COLOR.
      paint: (style, text) => styleText(style, text, { stream: stderr }),
    }),
  });
}
