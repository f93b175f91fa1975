import { readdirSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import path from 'node:path';
import {
  type GoBuild,
  type GoTool,
  hostTools,
  installedName,
  kwokTools,
  nodeTools,
  runtimeTools,
  secretsTools,
  toolName,
} from '@tenantry/sealed';
import { Fault } from '../cli/errors.ts';
import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';
import { lastLines } from './apt.ts';
import { exists } from './files.ts';
import { withLock } from '../cli/file-lock.ts';
import { inputHash, recipeDirectory, storeDirectory } from './store.ts';
import { markUsed } from './used.ts';

/** How often a long compile says how far it is. */
const progressEvery = 30_000;

/** With this many bytes the compiler collects less garbage: a third less time (5.0 s to 3.4 s a package). */
const ampleMemory = 12 * 2 ** 30;

const clusterBuilds = { host: hostTools, runtime: runtimeTools, node: nodeTools };
const clusterInputs = ['go.mod', 'go.sum', 'coredns', 'runc-capped', 'local-path'];
const secretsBuilds = { secrets: secretsTools };
const kwokBuilds = { kwok: kwokTools };
const allBuilds = { ...clusterBuilds, ...secretsBuilds, ...kwokBuilds };

/** What the tools are for: this machine, its Docker engine, the node; the files in secrets/; pretended nodes. */
export type GoTarget = keyof typeof allBuilds;

const builds: Readonly<Record<GoTarget, readonly GoBuild[]>> = allBuilds;

/** What is compiled together, and the recipes' files that it is made of. */
const groups: readonly (readonly [Partial<typeof builds>, readonly string[]])[] = [
  [clusterBuilds, clusterInputs],
  [secretsBuilds, ['sops']],
  [kwokBuilds, ['kwok']],
];

/** The directory the Go tools of this checkout's recipes are built into. */
export async function goDirectory(cache: string, target: GoTarget): Promise<string> {
  const [together, inputs] = groups.find(([group]) => target in group) ?? [{}, []];
  const hash = await inputHash(
    together,
    inputs.map((name) => path.join(recipeDirectory, name)),
  );
  return path.join(storeDirectory(cache), 'go', hash, target);
}

/**
 * Compiles what is missing of `builds` into `goDirectory`, one file per tool. An interrupted
 * compile goes on from Go's own build cache.
 */
export async function goInstall(
  $: Shell,
  report: Report,
  cache: string,
  target: GoTarget,
): Promise<string> {
  const directory = await goDirectory(cache, target);
  await markUsed(path.dirname(directory));
  await Promise.all(
    builds[target].map(async (build) => {
      const title = `compile ${build.title}`;
      if ((await missingTools(directory, build)).length === 0) {
        report.skip(title, 'built');
        return;
      }
      const compile = async (): Promise<void> => {
        // Whoever had the lock may have built them.
        const tools = await missingTools(directory, build);
        if (tools.length === 0) return;
        const source = path.join(recipeDirectory, build.directory);
        await report.step(title, async () =>
          compileTools($, report, { ...build, tools }, { source, directory }),
        );
      };
      await withLock(path.join(storeDirectory(cache), `go-${build.queue}.lock`), compile, {
        onWait: () => report.line(`  ${title}: after another process that compiles`),
      });
    }),
  );
  return directory;
}

async function missingTools(directory: string, build: GoBuild): Promise<GoTool[]> {
  const found = await Promise.all(
    build.tools.map(async (tool) => exists(path.join(directory, toolName(tool)))),
  );
  return build.tools.filter((_, index) => found[index] === false);
}

/** Compiles the tools of a build from the module in `source` into `directory`. */
async function compileTools(
  $: Shell,
  report: Report,
  build: GoBuild,
  { source, directory }: { readonly source: string; readonly directory: string },
): Promise<void> {
  const partial = path.join(directory, `.partial-${build.queue}`);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const settings = [
    `GOBIN=${partial}`,
    `CGO_ENABLED=${build.cgo ? '1' : '0'}`,
    'GOFLAGS=-trimpath -buildvcs=false -mod=readonly',
    'GOWORK=off',
    ...(totalmem() < ampleMemory ? [] : ['GOGC=400']),
  ];
  const flags = ['-v', '-tags', build.tags.join(','), '-ldflags', build.ldflags.join(' ')];
  const go = $({ cwd: source, nothrow: true });
  const compiling = go`env ${settings} go install ${flags} ${build.tools.map((tool) => tool.package)}`;
  let packages = 0;
  compiling.stderr.on('data', (chunk: Buffer) => {
    packages += compiledPackages(chunk.toString());
  });
  const timer = setInterval(() => {
    const linked = `${String(readdirSync(partial).length)} of ${String(build.tools.length)} linked`;
    report.line(`  ${build.title}: ${String(packages)} packages compiled, ${linked}`);
  }, progressEvery);
  const result = await compiling.finally(() => clearInterval(timer));
  if (result.exitCode !== 0) {
    throw new Fault({
      what: `compiling ${build.title} failed`,
      why: lastLines(result.stderr),
      todo: 'see whether the Go module proxy can be reached, then run the command again: what is compiled is kept',
    });
  }
  for (const tool of build.tools) {
    await rename(path.join(partial, installedName(tool)), path.join(directory, toolName(tool)));
  }
  await rm(partial, { recursive: true });
}

/** The same, after whoever compiles: side by side, the packages that both need are compiled twice. */
export async function compileInTurn(
  $: Shell,
  report: Report,
  cache: string,
  build: GoBuild,
  where: { readonly source: string; readonly directory: string },
): Promise<void> {
  await withLock(path.join(storeDirectory(cache), `go-${build.queue}.lock`), () =>
    report.step(`compile ${build.title}`, () => compileTools($, report, build, where)),
  );
}

/** What `go mod download -json` says of a module. */
interface Download {
  readonly Dir: string;
}

/** Where the Go module cache holds `module@version`, downloaded if need be. */
export async function downloadModule($: Shell, module: string): Promise<string> {
  const { stdout } = await $`env GOWORK=off GOFLAGS=-mod=mod go mod download -json ${module}`;
  return (JSON.parse(stdout) as Download).Dir;
}

/** How many packages an excerpt of `go install -v` names; downloads are reported beside them. */
export function compiledPackages(output: string): number {
  return output.split('\n').filter((line) => line !== '' && !line.startsWith('go: ')).length;
}
