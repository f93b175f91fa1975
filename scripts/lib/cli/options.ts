import { resolve } from 'node:path';
import { parseArgs, type ParseArgsOptionDescriptor } from 'node:util';
import { suggest } from '@tenantry/tenants';
import { booleanVariable } from './boolean.ts';
import { messageOf, UsageError } from './errors.ts';

export interface Option {
  /** A `path` comes out absolute; a relative one is read from where the user stands. */
  readonly type: 'boolean' | 'string' | 'path';
  readonly description: string;
  /** What stands for the value in the help: `FILE`. */
  readonly value?: string;
  /**
   * The variable that sets it too. `false` for what destroys: a variable that somebody set once, for
   * something else, must not confirm it. Such a variable is refused, never ignored.
   * @default the option's own name: `dry-run` → `TENANTRY_DRY_RUN`
   */
  readonly variable?: `TENANTRY_${string}` | false;
}

export type Options = Readonly<Record<string, Option>>;

/** Of a command that works on all hosts. */
export const HOST_OPTION = {
  type: 'string',
  value: 'NAME',
  description: 'only this host and its tenants',
} as const satisfies Option;

export type Values<O extends Options> = {
  readonly [K in keyof O]?: O[K]['type'] extends 'boolean' ? boolean : string;
};

export interface Arguments<O extends Options> {
  readonly values: Values<O>;
  readonly positionals: readonly string[];
}

/** What the arguments are read with. */
export interface ArgumentSource {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the user stands. */
  readonly directory: string;
}

/** Whether `--help` or `-h` is among a command's own arguments. */
export function wantsHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? argv.length : end).some((word) => /^(--help|-h)$/.test(word));
}

/** What the command line says, and after it the variables. @throws UsageError */
export function readArguments<O extends Options>(
  options: O,
  { argv, env, directory }: ArgumentSource,
): Arguments<O> {
  refuseUnknown(options, argv);
  const { values, positionals } = parse(options, argv);
  const all: Record<string, unknown> = { ...readVariables(options, env), ...values };
  for (const [name, { type }] of Object.entries(options)) {
    const path = all[name];
    if (type !== 'path' || typeof path !== 'string') continue;
    if (path === '') throw new UsageError(`--${name} is empty\n  → give it a path`);
    all[name] = resolve(directory, path);
  }
  return { values: all as Values<O>, positionals };
}

/**
 * As `readArguments` for a command that hands on what it does not know: its own flags, which are
 * booleans, are taken out; all else is returned as it stands.
 */
export function readOwnArguments<O extends Options>(
  options: O,
  source: ArgumentSource,
): Arguments<O> {
  const isOwn = (word: string) =>
    word.startsWith('--') && Object.hasOwn(options, word.slice(2).replace(/=.*/s, ''));
  const { values } = readArguments(options, { ...source, argv: source.argv.filter(isOwn) });
  return { values, positionals: source.argv.filter((word) => !isOwn(word)) };
}

function descriptors(options: Options): Record<string, ParseArgsOptionDescriptor> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type }]) => [
      name,
      { type: type === 'boolean' ? type : 'string' },
    ]),
  );
}

function refuseUnknown(options: Options, argv: readonly string[]): void {
  const { tokens } = parseArgs({
    args: [...argv],
    options: descriptors(options),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(options, token.name)) continue;
    const names = [...Object.keys(options), 'help'];
    const near = suggest(token.name, names);
    const hint =
      near === null
        ? `known: ${names.map((name) => `--${name}`).join(', ')}`
        : `did you mean --${near}?`;
    throw new UsageError(`unknown flag ${token.rawName}; nothing was done\n  → ${hint}`);
  }
}

function parse(options: Options, argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: descriptors(options),
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new UsageError(`${messageOf(error)}; nothing was done\n  → see --help`, { cause: error });
  }
}

/** What TENANTRY_… variables set: pnpm eats the flags of `pnpm deploy`. An empty one counts as not set. */
function readVariables(
  options: Options,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, boolean | string> {
  const found: Record<string, boolean | string> = {};
  for (const [name, option] of Object.entries(options)) {
    const variable = variableOf(name, option);
    const text = env[variable];
    if (text === undefined || text === '') continue;
    if (option.variable === false) {
      throw new UsageError(
        `${variable} is set, and --${name} is taken from the command line only; nothing was done\n` +
          `  → unset ${variable}; where it is meant, write --${name}`,
      );
    }
    found[name] = option.type === 'boolean' ? booleanVariable(variable, text) === true : text;
  }
  return found;
}

function variableOf(name: string, { variable }: Option): string {
  return variable || `TENANTRY_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The lines of the help on a command's options. */
export function describeOptions(options: Options): string {
  const flags = Object.entries(options).map(([name, option]) => ({
    flag: option.value === undefined ? `--${name}` : `--${name} ${option.value}`,
    text:
      option.variable === false
        ? option.description
        : `${option.description} (or ${variableOf(name, option)})`,
  }));
  const width = Math.max(20, ...flags.map(({ flag }) => flag.length));
  return flags.map(({ flag, text }) => `  ${flag.padEnd(width)} ${text}`).join('\n');
}
