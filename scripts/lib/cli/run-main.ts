import { InvalidTenants } from '@tenantry/tenants';
import type { ProgressEvent, Summary } from '../progress/event.ts';
import { openRenderer } from '../progress/open-renderer.ts';
import { Progress } from '../progress/progress.ts';
import type { Renderer } from '../progress/renderer.ts';
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
import { createReport, type Report, secondsSince } from './report.ts';
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
  /**
   * Shows on a terminal what runs, as a table, so that nothing that it starts may write there; and
   * tells its events with `--json`, where it has no such option of its own. @default false
   */
  readonly live?: boolean;
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

const EVENTS = {
  json: { type: 'boolean', description: 'events as NDJSON while it runs, then a summary' },
} as const satisfies Options;

/** A second signal so soon is the first one's copy: pnpm hands on what the terminal sends as well. */
const COPY_MILLISECONDS = 500;

/** Runs a command: arguments in, exit code out. The only place that sets it. */
export async function runMain(command: Command<Options>): Promise<void> {
  process.stdout.on('error', ignoreClosedPipe);
  try {
    process.exitCode = await start(command);
  } catch (error) {
    process.stderr.write(`${printable(explain(error))}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

async function start(command: Command<Options>): Promise<number> {
  const argv = process.argv.slice(2);
  const options = optionsOf(command);
  if (wantsHelp(argv)) {
    process.stdout.write(help({ ...command, options }));
    return EXIT.done;
  }
  await refuseSwallowedFlags(argv);
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
  const { live = false } = command;
  const json = live && command.options?.['json'] === undefined && Boolean(values['json']);
  return carryOut(command, { values, positionals }, await openRenderer({ json, live }));
}

/** Runs a command whose arguments are read, and tells how it ended. */
async function carryOut(
  command: Command<Options>,
  given: Pick<Context, 'values' | 'positionals'>,
  renderer: Renderer,
): Promise<number> {
  const begun = performance.now();
  const progress = new Progress();
  const show = (event: ProgressEvent) => {
    progress.see(event);
    renderer.show(event, progress);
  };
  const controller = new AbortController();
  const { signal } = controller;
  const report = createReport(show, signal);
  const end = (exitCode: number, error: string | null): number => {
    const summary = { exitCode, seconds: secondsSince(begun), ...progress.summary(), error };
    show({ event: 'summary', time: new Date().toISOString(), ...summary });
    renderer.close();
    if (error !== null) process.stderr.write(`${printable(error)}\n`);
    return exitCode;
  };
  let interruptedAt: number | null = null;
  const interrupt = () => {
    if (interruptedAt === null) {
      interruptedAt = performance.now();
      controller.abort(new Interrupted());
      report.line('interrupted: what is being written is finished; once more ends it at once');
    } else if (performance.now() - interruptedAt > COPY_MILLISECONDS) {
      process.exit(end(EXIT.interrupted, describeLeft(progress.summary())));
    }
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    const code = await command.run({
      ...given,
      workspace: workspace(),
      report,
      $: quietShell({ signal }),
      signal,
      print: (line) => report.result(line),
      show: (text) =>
        void process.stdout.write(`${laidOut(printable(text), lookOf(process.stdout))}\n`),
    });
    return end(code ?? EXIT.done, null);
  } catch (error) {
    if (signal.aborted) return end(EXIT.interrupted, describeLeft(progress.summary(), error));
    return end(exitCodeOf(error), explain(error));
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function optionsOf({ live, options = {} }: Command<Options>): Options {
  return live === true ? { ...EVENTS, ...options } : options;
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
  if (error instanceof TenantFailures) {
    return error.done > 0 || error.heldBack !== null ? EXIT.some : EXIT.failed;
  }
  return EXIT.failed;
}

/** What an interruption leaves undone; what failed besides is said as well. */
function describeLeft(
  { tenants, done, left }: Omit<Summary, 'event' | 'time' | 'exitCode' | 'seconds' | 'error'>,
  error?: unknown,
): string {
  const failures = error instanceof TenantFailures ? error.errors.filter(isFailure) : [];
  const lines = left.map(
    ({ tenant, step }) => `\n  ${tenant}: ${step === null ? 'not begun' : `reached ${step}`}`,
  );
  return [
    ...failures.map((failure) => `${explain(failure)}\n`),
    `interrupted${tenants > 0 ? `; ${done} of ${tenants} tenants done` : ''}`,
    lines.length > 0 ? `; left:${lines.join('')}` : '',
    '\n  → the same command takes it up again',
  ].join('');
}

/** Whether something went wrong, rather than that it was stopped. */
function isFailure({ cause }: TenantFailures['errors'][number]): boolean {
  return !(cause instanceof Interrupted) && (cause as NodeJS.ErrnoException).code !== 'ABORT_ERR';
}
