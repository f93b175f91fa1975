import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  type GoBuild,
  type GoTool,
  hostTools,
  installedName,
  nodeTools,
  runtimeTools,
  toolName,
} from '@tenantry/sealed';
import { Fault } from '../errors.ts';
import type { Report } from '../report.ts';
import type { Shell } from '../shell.ts';
import { lastLines } from './apt.ts';
import { exists } from './files.ts';
import { withLock } from './lock.ts';
import { inputHash, recipeDirectory, storeDirectory } from './store.ts';

/** How often a long compile says how far it is. */
const progressEvery = 30_000;

/** Which machine the tools are for: this one, its Docker engine, or the node. */
export type GoTarget = 'host' | 'runtime' | 'node';

/** The directory the Go tools of this checkout's recipes are built into. */
export async function goDirectory(cache: string, target: GoTarget): Promise<string> {
  const inputs = ['go.mod', 'go.sum', 'coredns', 'runc-capped', 'local-path'];
  const hash = await inputHash(
    [hostTools, runtimeTools, nodeTools],
    inputs.map((name) => path.join(recipeDirectory, name)),
  );
  return path.join(storeDirectory(cache), 'go', hash, target);
}

/**
 * Compiles what is missing of `builds` into `directory`, one file per tool. Builds run side by
 * side, so that a link or a C compiler on one core leaves the other to the rest; an interrupted
 * one goes on from Go's own build cache.
 */
export async function goInstall(
  $: Shell,
  report: Report,
  directory: string,
  builds: readonly GoBuild[],
): Promise<void> {
  await Promise.all(
    builds.map(async (build) => {
      const title = `compile ${build.title}`;
      if ((await missingTools(directory, build)).length === 0) {
        report.skip(title, 'built');
        return;
      }
      await withLock(
        path.join(directory, `${first(build)}.lock`),
        async () => {
          // Whoever had the lock may have built them.
          const tools = await missingTools(directory, build);
          if (tools.length === 0) return;
          await report.step(title, async () => install($, report, directory, { ...build, tools }));
        },
        (holder) => {
          if (holder !== process.pid) report.line(`  process ${String(holder)} compiles it too`);
        },
      );
    }),
  );
}

function first(build: GoBuild): string {
  return build.tools[0] === undefined ? 'nothing' : toolName(build.tools[0]);
}

async function missingTools(directory: string, build: GoBuild): Promise<GoTool[]> {
  const found = await Promise.all(
    build.tools.map(async (tool) => exists(path.join(directory, toolName(tool)))),
  );
  return build.tools.filter((_, index) => found[index] === false);
}

async function install($: Shell, report: Report, directory: string, build: GoBuild): Promise<void> {
  const { tools } = build;
  const partial = path.join(directory, `.partial-${first(build)}`);
  await mkdir(partial, { recursive: true });
  const settings = [
    `GOBIN=${partial}`,
    `CGO_ENABLED=${build.cgo ? '1' : '0'}`,
    'GOFLAGS=-trimpath -buildvcs=false -mod=readonly',
    'GOWORK=off',
  ];
  const flags = ['-v', '-tags', build.tags.join(','), '-ldflags', build.ldflags.join(' ')];
  const packagePaths = tools.map((tool) => tool.package);
  const go = $({ cwd: path.join(recipeDirectory, build.directory), nothrow: true });
  const compile = go`env ${settings} go install ${flags} ${packagePaths}`;
  let packages = 0;
  compile.stderr.on('data', (chunk: Buffer) => {
    packages += chunk.toString().split('\n').length - 1;
  });
  const timer = setInterval(
    () => report.line(`  ${build.title}: ${String(packages)} packages compiled`),
    progressEvery,
  );
  const result = await compile.finally(() => clearInterval(timer));
  if (result.exitCode !== 0) {
    throw new Fault({
      what: `compiling ${build.title} failed`,
      why: lastLines(result.stderr),
      todo: 'see whether the Go module proxy can be reached, then run the command again: what is compiled is kept',
    });
  }
  for (const tool of tools) {
    await rename(path.join(partial, installedName(tool)), path.join(directory, toolName(tool)));
  }
  await rm(partial, { recursive: true });
}
