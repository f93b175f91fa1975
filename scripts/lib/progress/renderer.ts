import { printable } from '../cli/printable.ts';
import type { ProgressEvent } from './event.ts';
import { withAnnotations } from './github.ts';
import { type Lines, linesOf } from './lines.ts';
import type { Progress } from './progress.ts';

/** Shows a command's events, which `progress` has seen before. */
export interface Renderer {
  show(event: ProgressEvent, progress: Progress): void;
  /** Leaves the terminal as it was found; what was shown stays. */
  close(): void;
}

/** Where texts go, as they are. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** One line for each change of state. */
export function lineRenderer(streams: Streams): Renderer {
  return {
    show: (event, progress) => write(streams, linesOf(event, progress)),
    close: () => undefined,
  };
}

/** The same, with what GitHub Actions folds and lists. */
export function githubRenderer(streams: Streams): Renderer {
  return {
    show(event, progress) {
      const { out, err } = linesOf(event, progress);
      const lines = { out: printable(out), err: printable(err) };
      writeRaw(streams, withAnnotations(event, lines));
    },
    close: () => undefined,
  };
}

/** One JSON object a line, for programs. */
export function jsonRenderer({ out }: Streams): Renderer {
  return {
    show: (event) => out(`${printable(JSON.stringify(event))}\n`),
    close: () => undefined,
  };
}

/** Writes lines so that nothing in them moves the cursor or is taken for a command. */
export function write(streams: Streams, { out, err }: Lines): void {
  writeRaw(streams, { out: printable(out), err: printable(err) });
}

function writeRaw(streams: Streams, { out, err }: Lines): void {
  if (out !== '') streams.out(out);
  if (err !== '') streams.err(err);
}
