import { InvalidTenants } from '@tenantry/tenants';
import { explain, Interrupted, TenantFailures, UsageError } from './errors.ts';
import {
  describeOptions,
  type Options,
  readArguments,
  readOwnArguments,
  type Values,
  wantsHelp,
} from './options.ts';
import { refuseSwallowedFlags } from './pnpm-flags.ts';
import { printable } from './printable.ts';
import { createReport, type Report } from './report.ts';
import { quietShell, type Shell } from './shell.ts';
import { laidOut, lookOf } from './terminal-text.ts';
import { userDirectory, type Workspace, workspace } from './workspace.ts';

export const EXIT = { done: 0, failed: 1, usage: 2, some: 3, found: 4, interrupted: 130 } as const;

export interface Command<O extends Options> {
  /** As a user types it: `pnpm deploy [ID…]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options?: O;
  /** How many arguments it takes; `passed on` takes any, with the flags that it does not know. @default none */
  readonly arguments?: { readonly min: number; readonly max: number } | 'passed on';
  /** Returns the exit code; nothing means 0. */
  run(context: Context<O>): Promise<number | void>;
}

export interface Context<O extends Options = Options> {
  readonly values: Values<O>;
  readonly positionals: readonly string[];
  readonly workspace: Workspace;
  readonly report: Report;
  readonly $: Shell;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** Writes a line of the command's result to standard output. */
  readonly print: (line: string) => void;
  /** The same for a text with signs in front of its lines, laid out for a terminal. */
  readonly show: (text: string) => void;
}

/** A command whose `run` is given the values of its own options. */
export function defineCommand<const O extends Options>(of: Command<O>): Command<Options> {
  return of;
}

/** Runs a command: arguments in, exit code out. The only place that sets it. */
export async function runMain(command: Command<Options>): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Interrupted());
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  process.stdout.on('error', ignoreClosedPipe);
  try {
    process.exitCode = await start(command, controller.signal);
  } catch (error) {
    const text = controller.signal.aborted ? interrupted(error) : explain(error);
    process.stderr.write(`${printable(text)}\n`);
    process.exitCode = controller.signal.aborted ? EXIT.interrupted : exitCodeOf(error);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

async function start(command: Command<Options>, signal: AbortSignal): Promise<number> {
  const argv = process.argv.slice(2);
  if (wantsHelp(argv)) {
    process.stdout.write(help(command));
    return EXIT.done;
  }
  await refuseSwallowedFlags(argv);
  const { options = {} } = command;
  const source = { argv, env: process.env, directory: userDirectory() };
  const expected = command.arguments ?? { min: 0, max: 0 };
  const { values, positionals } =
    expected === 'passed on' ? readOwnArguments(options, source) : readArguments(options, source);
  if (
    expected !== 'passed on' &&
    (positionals.length < expected.min || positionals.length > expected.max)
  ) {
    throw new UsageError(`usage: ${command.usage}\n  → see --help`);
  }
  const code = await command.run({
    values,
    positionals,
    workspace: workspace(),
    report: createReport(),
    $: quietShell({ signal }),
    signal,
    print: (line) => void process.stdout.write(`${printable(line)}\n`),
    show: (text) =>
      void process.stdout.write(`${laidOut(printable(text), lookOf(process.stdout))}\n`),
  });
  return code ?? EXIT.done;
}

function help({
  usage,
  summary,
  options = {},
}: Pick<Command<Options>, 'usage' | 'summary' | 'options'>): string {
  const flags = Object.keys(options).length === 0 ? '' : `\n${describeOptions(options)}\n`;
  return `${summary}\n\n  ${usage}\n${flags}`;
}

/** Whoever reads the output may have enough of it, as `head` has; the command ends what it began. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof InvalidTenants) return EXIT.usage;
  if (error instanceof TenantFailures) return error.done > 0 ? EXIT.some : EXIT.failed;
  return EXIT.failed;
}

function interrupted(error: unknown): string {
  const left = error instanceof TenantFailures ? error.errors.map((failure) => failure.tenant) : [];
  return left.length === 0
    ? 'interrupted; the same command takes it up again'
    : `interrupted; not finished: ${left.join(', ')}; the same command takes it up again`;
}
