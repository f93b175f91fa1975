import { mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { versions } from '@tenantry/sealed/versions';
import pLimit from 'p-limit';
import { Fault } from '../cli/errors.ts';
import type { Report } from '../cli/report.ts';
import { buildSops, buildTools, extractChart, markUsed } from '../sealed/index.ts';
import { goVersion } from './go.ts';
import { quietShell, type Shell } from '../cli/shell.ts';
import type { Workspace } from '../cli/workspace.ts';

/** An external command of which the version matters. */
interface Tool {
  readonly name: string;
  readonly versionArgs: readonly string[];
  /** What we build and where people get it. */
  readonly version: string;
  readonly source: string;
  /** Whether what the command says of itself will do. */
  fits(said: string): boolean;
}

const minorOf = (version: string): number => Number(version.split('.')[1]);
const wanted = { kubectl: minorOf(versions.kubernetes), kind: minorOf(versions.kind) };

export const TOOLS: readonly Tool[] = [
  {
    name: 'kubectl',
    versionArgs: ['version', '--client', '-o', 'json'],
    version: versions.kubernetes,
    source: 'https://kubernetes.io/docs/tasks/tools/',
    // kubectl is good for one minor below and above its own.
    fits: (said) =>
      Math.abs(Number(/"gitVersion": "v1\.(\d+)\./.exec(said)?.[1]) - wanted.kubectl) <= 1,
  },
  {
    name: 'helm',
    versionArgs: ['version', '--template', '{{.Version}}'],
    version: versions.helm,
    source: 'https://helm.sh/docs/intro/install/',
    fits: (said) => /^v3\.(1[4-9]|[2-9]\d)\./.test(said),
  },
  {
    name: 'vcluster',
    versionArgs: ['--version'],
    version: versions.vcluster,
    source: `https://github.com/loft-sh/vcluster/releases/tag/v${versions.vcluster}`,
    fits: (said) => said.includes(`version ${versions.vcluster}`),
  },
  {
    name: 'kind',
    versionArgs: ['version'],
    version: versions.kind,
    source: `https://github.com/kubernetes-sigs/kind/releases/tag/${versions.kind}`,
    fits: (said) => Number(/v0\.(\d+)\./.exec(said)?.[1]) >= wanted.kind,
  },
];

export const SOPS: Tool = {
  name: 'sops',
  versionArgs: ['--version', '--disable-version-check'],
  version: versions.sops,
  source: `https://github.com/getsops/sops/releases/tag/${versions.sops}`,
  fits: (said) => Number(/^sops 3\.(\d+)\./.exec(said)?.[1]) >= minorOf(versions.sops),
};

/** The tools, ready to be called. */
export interface Toolbox {
  readonly $: Shell;
  /** The chart of a version, for a vcluster CLI that has none built in; null where the CLI sees to it. */
  readonly chartDir: (version: string) => Promise<string | null>;
}

/**
 * Finds every tool that a cluster needs: on PATH where the version fits, otherwise ours in
 * .tenantry/bin, built where Go is there.
 * @throws Fault naming version and source of what is missing
 */
export async function ensureTools(
  workspace: Workspace,
  report: Report,
  signal?: AbortSignal,
): Promise<Toolbox> {
  const { cache } = workspace;
  const { $, ours } = await provideOne(() =>
    provide(workspace, TOOLS, (shell) => buildTools(shell, report, cache), signal),
  );
  const isBuilt = ours.some(({ name }) => name === 'vcluster');
  return {
    $,
    chartDir: async (version) => (isBuilt ? extractChart($, cache, version) : null),
  };
}

/** As `ensureTools`, of sops, which only those need who keep secrets. */
export async function ensureSops(
  workspace: Workspace,
  report: Report,
  signal?: AbortSignal,
): Promise<Shell> {
  const build = (shell: Shell) => buildSops(shell, report, workspace.cache);
  const { $ } = await provide(workspace, [SOPS], build, signal);
  return $({ cwd: workspace.dir });
}

/** Hosts that are worked on at once ask for the same tools. */
const provideOne = pLimit(1);

/** Finds tools or has them built; returns which of them are ours. */
async function provide(
  workspace: Pick<Workspace, 'bin' | 'cache'>,
  tools: readonly Tool[],
  build: ($: Shell) => Promise<string>,
  signal: AbortSignal | undefined,
): Promise<{ readonly $: Shell; readonly ours: readonly Tool[] }> {
  const path = withoutOurs(process.env['PATH'] ?? '');
  const interrupt = signal === undefined ? {} : { signal };
  const onPath = quietShell({ env: { PATH: path }, ...interrupt });
  const fitting = await Promise.all(tools.map((tool) => fits(onPath, tool.name, tool)));
  const ours = tools.filter((_, index) => fitting[index] !== true);
  for (const [index, { name }] of tools.entries()) {
    // A tool of ours must not hide one on PATH that fits.
    if (fitting[index] === true) rmSync(join(workspace.bin, name), { force: true });
  }
  const built = await Promise.all(
    ours.map((tool) => fits(onPath, join(workspace.bin, tool.name), tool)),
  );
  const missing = ours.filter((_, index) => built[index] !== true);
  if (missing.length > 0) await buildMissing(onPath, workspace, missing, build);
  else await markToolsUsed(workspace, ours);
  const $ = quietShell({
    env: { PATH: [workspace.bin, path].join(delimiter) },
    ...interrupt,
  });
  return { $, ours };
}

/** Where a tool that fits is already, on PATH or built by us; null where it is not. Builds nothing. */
export async function findTool(
  { bin }: Pick<Workspace, 'bin'>,
  name: string,
  signal?: AbortSignal,
): Promise<string | null> {
  const tool = TOOLS.find((each) => each.name === name);
  const $ = quietShell({
    env: { PATH: withoutOurs(process.env['PATH'] ?? '') },
    ...(signal && { signal }),
  });
  for (const file of [name, join(bin, name)]) {
    if (tool !== undefined && (await fits($, file, tool))) return file;
  }
  return null;
}

/** A PATH without the tools of any workspace of ours: `connect`, for one, puts them there. */
export function withoutOurs(path: string): string {
  const ours = join('.tenantry', 'bin');
  return path
    .split(delimiter)
    .filter((directory) => !directory.endsWith(ours))
    .join(delimiter);
}

async function fits($: Shell, file: string, tool: Tool): Promise<boolean> {
  const output = await $({ nothrow: true })`${file} ${tool.versionArgs}`;
  return output.ok && tool.fits(output.stdout.trim());
}

/** Builds that nobody uses are pruned in time; links in other clones count as use. */
async function markToolsUsed(
  { bin, cache }: Pick<Workspace, 'bin' | 'cache'>,
  tools: readonly Tool[],
): Promise<void> {
  for (const { name } of tools) {
    const directory = dirname(dirname(realpathSync(join(bin, name))));
    if (directory.startsWith(cache)) await markUsed(directory);
  }
}

async function buildMissing(
  $: Shell,
  workspace: Pick<Workspace, 'bin'>,
  missing: readonly Tool[],
  build: ($: Shell) => Promise<string>,
): Promise<void> {
  if ((await goVersion($)) === null) {
    throw new Fault({
      what: `no fitting ${missing.map(({ name }) => name).join(', ')} on PATH`,
      why: 'and no Go to build them with',
      todo: `install ${missing.map(({ name, version, source }) => `${name} ${version} (${source})`).join('; ')}`,
    });
  }
  const directory = await build($);
  mkdirSync(workspace.bin, { recursive: true });
  for (const { name } of missing) {
    rmSync(join(workspace.bin, name), { force: true });
    symlinkSync(join(directory, name), join(workspace.bin, name));
  }
}
