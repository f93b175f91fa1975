import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedError } from '../cli/errors.ts';
import { beginWait } from '../progress/current-step.ts';

export interface PollOptions {
  /** What is waited for, for the error message. */
  readonly what: string;
  readonly timeoutSeconds: number;
  readonly intervalMilliseconds?: number;
  readonly signal?: AbortSignal;
}

/** What one look found: done with a result, waiting (with what there is to see), or beyond hope. */
export type Look<T> =
  | { readonly done: true; readonly result: T }
  | { readonly done: false; readonly diagnostics: string; readonly terminal?: boolean };

/** A wait ended without its result; the message ends with the diagnostics. */
export class WaitError extends ExpectedError {
  override name = 'WaitError';
}

/**
 * Looks again and again until the result is there.
 * @throws WaitError at the deadline, or at once where cannot succeed
 */
export async function poll<T>(look: () => Promise<Look<T>>, options: PollOptions): Promise<T> {
  const { what, timeoutSeconds, intervalMilliseconds = 1000, signal } = options;
  const deadline = performance.now() + timeoutSeconds * 1000;
  using wait = beginWait(what);
  for (;;) {
    signal?.throwIfAborted();
    const found = await look();
    if (found.done) return found.result;
    wait.sees(found.diagnostics);
    if (found.terminal === true)
      throw new WaitError(withDiagnostics(`${what}: cannot succeed`, found.diagnostics));
    if (performance.now() > deadline) {
      throw new WaitError(
        withDiagnostics(`${what}: not within ${timeoutSeconds} s`, found.diagnostics),
      );
    }
    await sleep(intervalMilliseconds, undefined, signal === undefined ? {} : { signal });
  }
}

export function withDiagnostics(message: string, diagnostics: string): string {
  return [
    message,
    ...diagnostics
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `    ${line}`),
  ].join('\n');
}
