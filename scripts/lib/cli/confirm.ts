import { createInterface } from 'node:readline/promises';
import { UsageError } from './errors.ts';
import { printable } from './printable.ts';

export interface Confirmation {
  /** What a person has to type. */
  readonly expected: string;
  /** What `--confirm` says; undefined where it was not given. */
  readonly given: string | undefined;
  readonly question: string;
  /** The command line that confirms it. */
  readonly command: string;
  readonly signal: AbortSignal;
}

/** @throws UsageError where something else than what is expected is given or typed, or nothing */
export async function confirm(confirmation: Confirmation): Promise<void> {
  refuseWrong(confirmation);
  const { expected, given, question, command, signal } = confirmation;
  if (given === expected) return;
  const answer = await ask(question, signal);
  if (answer === expected) return;
  const said = answer === null ? 'nobody is there to type it' : JSON.stringify(answer);
  throw new UsageError(`not confirmed: ${said}; nothing was changed\n  → ${command}`);
}

/** What can be refused before anything is asked of a cluster. @throws UsageError */
export function refuseWrong({
  expected,
  given,
  command,
}: Pick<Confirmation, 'expected' | 'given' | 'command'>): void {
  if (given === undefined || given === expected) return;
  throw new UsageError(
    `not confirmed: --confirm is ${JSON.stringify(given)}, not ${JSON.stringify(expected)}; nothing was changed\n  → ${command}`,
  );
}

/** What a person types; null where there is nobody, or the input ends. */
async function ask(question: string, signal: AbortSignal): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const { promise: ended, resolve } = Promise.withResolvers<null>();
  terminal.once('close', () => resolve(null));
  try {
    return await Promise.race([terminal.question(printable(question), { signal }), ended]);
  } finally {
    terminal.close();
  }
}
