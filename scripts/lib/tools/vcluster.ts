import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import type { Target } from './kubectl.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import { run, type Shell } from '../cli/shell.ts';

export interface CreateOptions {
  readonly name: string;
  readonly namespace: string;
  /** Path of the values file. */
  readonly values: string;
  /** Without a `v`: `0.36.0`. */
  readonly chartVersion: string;
  /** Path of the chart for a CLI that has none built in. */
  readonly chartDir: string | null;
  /** A directory for what lives as long as the call. */
  readonly scratch: string;
  /** Ends it. An interruption does not: what Helm has begun, it finishes. */
  readonly kill?: AbortSignal;
}

/**
 * Creates a vcluster or upgrades it to the given values; does not wait for it. The values that it
 * stores are exactly the file's, since the CLI's own additions are turned off.
 */
export async function createVcluster(
  $: Shell,
  target: Target,
  options: CreateOptions,
): Promise<void> {
  using directory = privateDirectory(options.scratch, 'vcluster-cli');
  const scratch = directory.path;
  const config = join(scratch, 'config.json');
  // Otherwise the CLI writes this machine's id into the release's values.
  await writeFile(config, JSON.stringify({ telemetryDisabled: true }));
  const { kill: signal = new AbortController().signal } = options;
  // It refuses to run where a file or folder is called `vcluster`. A terminal signals what is not detached.
  await run($({ cwd: scratch, detached: true, signal }), 'env', [
    // Some of its calls ignore --context: this file must hold the host's context only.
    `KUBECONFIG=${target.kubeconfig}`,
    'VCLUSTER_SKIP_VERSION_CHECK=true',
    'vcluster',
    'create',
    options.name,
    '--namespace',
    options.namespace,
    '--context',
    target.context,
    '--config',
    config,
    '--driver',
    'helm',
    '--connect=false',
    '--expose-local=false',
    '--add=false',
    '--create-namespace=false',
    '--upgrade',
    '--chart-version',
    options.chartVersion,
    ...(options.chartDir === null ? [] : ['--local-chart-dir', options.chartDir]),
    '--values',
    options.values,
  ]);
}
