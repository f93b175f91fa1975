import { $ as zx, type ProcessOutput, type ProcessPromise, type Shell as ZxShell } from 'zx/core';
import { ExpectedError } from './errors.ts';

/** zx's `$`; a wrapper of an external command takes it first. */
export type Shell = ZxShell<false, ProcessPromise>;

export interface ShellOptions {
  /** Variables added to those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Kills what is running when it is aborted. */
  readonly signal?: AbortSignal;
}

/** A shell that prints nothing and gives commands no standard input of ours. */
export function quietShell({ env = {}, signal }: ShellOptions = {}): Shell {
  return zx({
    quiet: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(signal === undefined ? {} : { signal }),
  });
}

const LINES_SHOWN = 12;

/** What a failed command was, its exit code and the last lines of what it said. */
export function describeFailure(output: ProcessOutput, command: string): string {
  const said = (output.stderr.trim() || output.stdout.trim()).split('\n').slice(-LINES_SHOWN);
  const ending = output.signal === null ? `exit code ${output.exitCode}` : output.signal;
  return [`${command}: ${ending}`, ...said.map((line) => `    ${line}`)].join('\n');
}

/** An external command failed. */
export class CommandError extends ExpectedError {
  override name = 'CommandError';
  readonly exitCode: number | null;
  readonly stderr: string;

  constructor(command: string, output: ProcessOutput) {
    super(describeFailure(output, command));
    this.exitCode = output.exitCode;
    this.stderr = output.stderr;
  }
}

/**
 * Runs `file args…` and returns its standard output.
 * @throws CommandError naming the command, which zx's own error does not.
 */
export async function run(
  $: Shell,
  file: string,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const shell = input === undefined ? $ : $({ input, stdio: ['pipe', 'pipe', 'pipe'] });
  const output = await shell({ nothrow: true })`${file} ${args}`;
  if (!output.ok) throw new CommandError(commandLine(file, args), output);
  return output.stdout;
}

/** What a shell ends with where there is no such command. */
export const NO_COMMAND = 127;

/** A command for people to read: the program's name, arguments that hold spaces quoted. */
function commandLine(file: string, args: readonly string[]): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  return [name, ...args]
    .map((word) => (/^[\w@%+=:,./~-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(' ');
}
