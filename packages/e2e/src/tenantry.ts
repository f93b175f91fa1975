import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';

const root = resolve(import.meta.dirname, '../../..');

/** The directory under test, which `pnpm test:e2e` makes and removes. */
export const directory = required('TENANTRY_DIR');
export const cluster = required('TENANTRY_CLUSTER');
refuseForeign();
export const hostContext = `kind-${cluster}`;

function required(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set\n  → run pnpm test:e2e`);
  return value;
}

/** The tests write, pause and delete: only where `pnpm test:e2e` has marked the directory. */
function refuseForeign(): void {
  const file = join(directory, '.tenantry-e2e.json');
  const marker = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly cluster: string })
    : null;
  if (marker?.cluster === cluster) return;
  throw new Error(`${directory} and ${cluster} are no test's\n  → run pnpm test:e2e`);
}

/** A whole number in an environment variable. */
export function numberVariable(variable: string, fallback: number): number {
  const text = process.env[variable] || String(fallback);
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`${variable} is ${JSON.stringify(text)}\n  → a whole number`);
}

export interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** A checkout of the project other than this one. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** What the command reads from its standard input; it has none otherwise. */
  readonly input?: string;
}

/** Runs a root script as a user does: `pnpm run deploy alice`. Never throws on an exit code. */
export async function pnpm(
  args: readonly string[],
  { cwd = root, env = {}, signal, input }: RunOptions = {},
): Promise<Result> {
  const result = await execa(process.env['npm_execpath'] ?? 'pnpm', args, {
    cwd,
    env: { ...env, npm_config_loglevel: 'error' },
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    reject: false,
    ...(signal && { cancelSignal: signal }),
  });
  return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
}

/** As `pnpm`, but anything but exit code 0 fails the test with all that was said. */
export async function pnpmOk(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const result = await pnpm(args, options);
  if (result.exitCode !== 0) {
    throw new Error(
      `pnpm ${args.join(' ')}: exit code ${result.exitCode}\n${result.stdout}\n${result.stderr}`,
    );
  }
  return result;
}

/** The flags with which kubectl reaches the host cluster and nothing else. */
export function reachHost(): readonly string[] {
  return ['--kubeconfig', join(directory, '.tenantry/kubeconfig'), '--context', hostContext];
}

/** kubectl on the host cluster. */
export async function host(args: readonly string[], input?: string): Promise<string> {
  const { stdout } = await execa('kubectl', [...reachHost(), ...args], {
    env: { PATH: toolPath() },
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
  });
  return stdout;
}

/** Puts an object on the host, as somebody with rights there would. */
export async function hostApply(object: object): Promise<void> {
  await host(['apply', '-f', '-'], JSON.stringify(object));
}

export async function hostObjects(args: readonly string[]): Promise<readonly KubeObject[]> {
  const list = JSON.parse(await host(['get', ...args, '-o', 'json'])) as {
    items: readonly KubeObject[];
  };
  return list.items;
}

/** kubectl in a tenant's own context, through `pnpm connect`. */
export async function tenant(id: string, args: readonly string[], input?: string): Promise<string> {
  const command = ['--silent', 'connect', id, '--', 'kubectl', ...args];
  const { stdout } = await pnpmOk(command, input === undefined ? {} : { input });
  return stdout;
}

/** Says on standard error how long something took. */
export async function timed<T>(title: string, action: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await action();
  process.stderr.write(`${title}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  return result;
}

export function toolPath(): string {
  return `${join(directory, '.tenantry/bin')}:${process.env['PATH'] ?? ''}`;
}

export interface KubeObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

const tenantsFile = join(directory, 'tenants.json');

export function writeTenants(file: object): void {
  writeFileSync(tenantsFile, `${JSON.stringify(file, null, 2)}\n`);
}

/** The reference scenario's tenants, paid for longer than any run of the tests may be away. */
export function referenceTenants(): object {
  const text = readFileSync(join(root, 'tenants.json'), 'utf8');
  return JSON.parse(
    text.replaceAll(/"paidThrough": "[^"]*"/g, '"paidThrough": "9999-12-31"'),
  ) as object;
}

export { root };
