import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { versions } from '@tenantry/sealed';
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
  await extractChart($, cache);
  return directory;
}

/** Builds sops. @returns the directory that holds it */
export async function buildSops($: Shell, report: Report, cache: string): Promise<string> {
  await checkGo($);
  return goInstall($, report, cache, 'secrets');
}

/** The vcluster chart, for `--local-chart-dir`: a CLI built from source does not embed it. */
export function vclusterChart(cache: string): string {
  return path.join(storeDirectory(cache), `vcluster-chart-${versions.vcluster}`);
}

async function extractChart($: Shell, cache: string): Promise<void> {
  const chart = vclusterChart(cache);
  if (await exists(chart)) return markUsed(chart);
  const module = await moduleDirectory($, 'github.com/loft-sh/vcluster');
  const partial = `${chart}.partial-${String(process.pid)}`;
  await $`cp -r --no-preserve=mode ${path.join(module, 'chart')} ${partial}`;
  const file = path.join(partial, 'Chart.yaml');
  const text = await readFile(file, 'utf8');
  // The release pipeline writes the version; the source has a placeholder.
  await writeFile(file, text.replace(/^version: .*$/m, `version: ${versions.vcluster}`));
  await rename(partial, chart);
}

/** Where the Go module cache holds a module of ours, downloaded if need be. */
export async function moduleDirectory($: Shell, module: string): Promise<string> {
  const go = $({ cwd: recipeDirectory });
  await go`env GOWORK=off go mod download ${module}`;
  return (await go`env GOWORK=off go list -m -f ${'{{.Dir}}'} ${module}`).stdout.trim();
}
