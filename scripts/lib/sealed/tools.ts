import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VCLUSTER_MODULE, vclusterModule } from '@tenantry/sealed/vcluster-module';
import { versions } from '@tenantry/sealed/versions';
import { withLock } from '../cli/file-lock.ts';
import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';
import { exists } from './files.ts';
import { goInstall } from './go-install.ts';
import { checkGo } from './preflight.ts';
import { recipeDirectory, storeDirectory } from './store.ts';
import { markUsed } from './used.ts';

/**
 * Builds kind, kubectl, helm and vcluster.
 * @returns the directory that holds them, to go first on the PATH: vcluster looks for helm there.
 */
export async function buildTools($: Shell, report: Report, cache: string): Promise<string> {
  await checkGo($);
  const directory = await goInstall($, report, cache, 'host');
  await extractChart($, cache, versions.vcluster);
  return directory;
}

/** Builds sops. @returns the directory that holds it */
export async function buildSops($: Shell, report: Report, cache: string): Promise<string> {
  await checkGo($);
  return goInstall($, report, cache, 'secrets');
}

/** kwok, and with what it has to be started. */
export interface Kwok {
  readonly binary: string;
  /** Files of its own that say what becomes of a node and of a pod: all is ready at once, and stays so. */
  readonly stages: readonly string[];
}

/** Builds kwok. */
export async function buildKwok($: Shell, report: Report, cache: string): Promise<Kwok> {
  await checkGo($);
  const directory = await goInstall($, report, cache, 'kwok');
  const recipe = path.join(recipeDirectory, 'kwok');
  const module = await moduleDirectory($, 'sigs.k8s.io/kwok', recipe);
  const stage = (name: string) => path.join(module, 'kustomize/stage', `${name}.yaml`);
  return {
    binary: path.join(directory, 'kwok'),
    stages: [
      stage('node/fast/node-initialize'),
      stage('node/heartbeat/node-heartbeat'),
      stage('pod/fast/pod-ready'),
      stage('pod/fast/pod-delete'),
    ],
  };
}

/** Where the vcluster chart of a version lies once it is extracted. */
export function vclusterChart(cache: string, version: string): string {
  return path.join(storeDirectory(cache), `vcluster-chart-${version}`);
}

/**
 * The vcluster chart of a version that is pinned, for `--local-chart-dir`: a CLI built from source does
 * not embed it. @returns its directory
 */
export async function extractChart($: Shell, cache: string, version: string): Promise<string> {
  const chart = vclusterChart(cache, version);
  await withLock(`${chart}.lock`, async () => {
    if (await exists(chart)) return markUsed(chart);
    const partial = `${chart}.partial`;
    await rm(partial, { recursive: true, force: true });
    const source = path.join(partial, 'module');
    await writeVclusterModule(source, version);
    const module = await moduleDirectory($, VCLUSTER_MODULE, source);
    const copy = path.join(partial, 'chart');
    await $`cp -r --no-preserve=mode ${path.join(module, 'chart')} ${copy}`;
    const file = path.join(copy, 'Chart.yaml');
    const text = await readFile(file, 'utf8');
    // The release pipeline writes the version; the source has a placeholder.
    await writeFile(file, text.replace(/^version: .*$/m, `version: ${version}`));
    await rename(copy, chart);
    await rm(partial, { recursive: true });
  });
  return chart;
}

/** Writes the main module with a version of vcluster in it into a new directory. */
export async function writeVclusterModule(directory: string, version: string): Promise<void> {
  const [goMod, goSum] = await Promise.all(
    ['go.mod', 'go.sum'].map((name) => readFile(path.join(recipeDirectory, name), 'utf8')),
  );
  const files = vclusterModule({ goMod: goMod ?? '', goSum: goSum ?? '' }, version);
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, 'go.mod'), files.goMod);
  await writeFile(path.join(directory, 'go.sum'), files.goSum);
}

/** Where the Go module cache holds a module that another one requires, downloaded if need be. */
export async function moduleDirectory(
  $: Shell,
  module: string,
  requiredBy = recipeDirectory,
): Promise<string> {
  const go = $({ cwd: requiredBy });
  await go`env GOWORK=off go mod download ${module}`;
  return (await go`env GOWORK=off go list -m -f ${'{{.Dir}}'} ${module}`).stdout.trim();
}
