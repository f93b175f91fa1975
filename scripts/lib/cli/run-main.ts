import { parseArgs, type ParseArgsOptionDescriptor } from 'node:util';
import { InvalidTenants } from '@tenantry/tenants';
import { Interrupted, messageOf, TenantFailures, UsageError } from './errors.ts';
import { refuseSwallowedFlags } from './pnpm-flags.ts';
import { createReport, type Report } from './report.ts';
import { quietShell, type Shell } from './shell.ts';
import { type Workspace, workspace } from './workspace.ts';

export const EXIT = { done: 0, failed: 1, usage: 2, some: 3, found: 4, interrupted: 130 } as const;

export interface Option {
  readonly type: 'boolean' | 'string';
  readonly description: string;
  /** What stands for the value in the help: `FILE`. */
  readonly value?: string;
}

export interface Command<O extends Readonly<Record<string, Option>>> {
  /** As a user types it: `pnpm deploy [ID…]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options?: O;
  /** How many arguments it takes; default none. */
  readonly arguments?: { readonly min: number; readonly max: number };
  /** Returns the exit code; nothing means 0. */
  run(context: Context<O>): Promise<number | void>;
}

export interface Context<
  O extends Readonly<Record<string, Option>> = Readonly<Record<string, Option>>,
> {
  readonly values: { readonly [K in keyof O]?: O[K]['type'] extends 'boolean' ? boolean : string };
  readonly positionals: readonly string[];
  readonly workspace: Workspace;
  readonly report: Report;
  readonly $: Shell;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** Writes a line of the command's result to standard output. */
  readonly print: (line: string) => void;
}

/** Runs a command: arguments in, exit code out. The only place that sets it. */
export async function runMain<const O extends Readonly<Record<string, Option>>>(
  command: Command<O>,
): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Interrupted());
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    process.exitCode = await start(command, controller.signal);
  } catch (error) {
    process.stderr.write(`${controller.signal.aborted ? interrupted(error) : messageOf(error)}\n`);
    process.exitCode = controller.signal.aborted ? EXIT.interrupted : exitCodeOf(error);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

async function start<const O extends Readonly<Record<string, Option>>>(
  command: Command<O>,
  signal: AbortSignal,
): Promise<number> {
  const options = command.options ?? ({} as O);
  const { values, positionals } = readArguments(options);
  if (values['help'] === true) {
    process.stdout.write(help(command));
    return EXIT.done;
  }
  await refuseSwallowedFlags();
  const { min, max } = command.arguments ?? { min: 0, max: 0 };
  if (positionals.length < min || positionals.length > max) {
    throw new UsageError(`usage: ${command.usage}\n  → see --help`);
  }
  const code = await command.run({
    values: { ...fromEnvironment(options), ...values } as Context<O>['values'],
    positionals,
    workspace: workspace(),
    report: createReport(),
    $: quietShell({ signal }),
    signal,
    print: (line) => void process.stdout.write(`${line}\n`),
  });
  return code ?? EXIT.done;
}

function readArguments(options: Readonly<Record<string, Option>>) {
  const described: Record<string, ParseArgsOptionDescriptor> = {
    help: { type: 'boolean', short: 'h' },
  };
  for (const [name, { type }] of Object.entries(options)) described[name] = { type };
  try {
    return parseArgs({ options: described, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(`${messageOf(error)}\n  → see --help`, { cause: error });
  }
}

/** What TENANTRY_… variables set: pnpm eats the flags of `pnpm deploy`. */
function fromEnvironment(options: Readonly<Record<string, Option>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, { type }]) => {
      const text = process.env[variableOf(name)];
      if (text === undefined || text === '') return [];
      return [[name, type === 'boolean' ? text !== '0' && text !== 'false' : text]];
    }),
  );
}

function variableOf(option: string): string {
  return `TENANTRY_${option.toUpperCase().replaceAll('-', '_')}`;
}

function help({
  usage,
  summary,
  options = {},
}: Pick<Command<Record<string, Option>>, 'usage' | 'summary' | 'options'>): string {
  const lines = Object.entries(options).map(([name, { value, description }]) => {
    const flag = value === undefined ? `--${name}` : `--${name} ${value}`;
    return `  ${flag.padEnd(20)} ${description} (or ${variableOf(name)})`;
  });
  const flags = lines.length === 0 ? '' : `\n${lines.join('\n')}\n`;
  return `${summary}\n\n  ${usage}\n${flags}`;
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
