import { run, type Shell } from '../cli/shell.ts';

/** Names of the kind clusters on this machine. */
export async function listClusters($: Shell): Promise<readonly string[]> {
  return (await run($, 'kind', ['get', 'clusters'])).split('\n').filter((line) => line !== '');
}

/** Names of a cluster's nodes, which are containers. */
export async function listNodes($: Shell, cluster: string): Promise<readonly string[]> {
  const text = await run($, 'kind', ['get', 'nodes', '--name', cluster]);
  return text.split('\n').filter((line) => line !== '');
}

export interface CreateClusterOptions {
  readonly name: string;
  /** Node image. */
  readonly image: string;
  /** kind's own configuration, as YAML. */
  readonly config: string;
  /** Where the context is written to. */
  readonly kubeconfig: string;
}

/** Creates a cluster and waits until its control plane is ready, at most three minutes. */
export async function createCluster(
  $: Shell,
  { name, image, config, kubeconfig }: CreateClusterOptions,
): Promise<void> {
  const flags = ['--name', name, '--image', image, '--kubeconfig', kubeconfig, '--wait', '180s'];
  await run($, 'kind', ['create', 'cluster', ...flags, '--config', '-'], config);
}

export async function exportKubeconfig($: Shell, name: string, kubeconfig: string): Promise<void> {
  await run($, 'kind', ['export', 'kubeconfig', '--name', name, '--kubeconfig', kubeconfig]);
}

/** Copies an image from Docker to every node of a cluster. */
export async function loadImage($: Shell, name: string, image: string): Promise<void> {
  await run($, 'kind', ['load', 'docker-image', image, '--name', name]);
}

export async function deleteCluster($: Shell, name: string, kubeconfig: string): Promise<void> {
  await run($, 'kind', ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig]);
}
