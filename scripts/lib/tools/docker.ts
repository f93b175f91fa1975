import { CommandError, run, type Shell } from '../cli/shell.ts';

/** Whether a Docker engine answers. */
export async function dockerAnswers($: Shell): Promise<boolean> {
  return (await $({ nothrow: true, timeout: '20s' })`docker info --format ${'{{.ServerVersion}}'}`)
    .ok;
}

export async function hasImage($: Shell, image: string): Promise<boolean> {
  return (await $({ nothrow: true })`docker image inspect --format ${'{{.Id}}'} ${image}`).ok;
}

/** Whether a registry can be reached and has the image. */
export async function registryHas($: Shell, image: string): Promise<boolean> {
  return (await $({ nothrow: true, timeout: '30s' })`docker manifest inspect ${image}`).ok;
}

export interface BuildOptions {
  readonly tag: string;
  readonly context: string;
  readonly dockerfile: string;
  readonly buildArgs: Readonly<Record<string, string>>;
}

export async function buildImage(
  $: Shell,
  { tag, context, dockerfile, buildArgs }: BuildOptions,
): Promise<void> {
  const args = Object.entries(buildArgs).flatMap(([name, value]) => [
    '--build-arg',
    `${name}=${value}`,
  ]);
  await run($, 'docker', ['build', '--quiet', '-t', tag, '-f', dockerfile, ...args, context]);
}

export async function pushImage($: Shell, image: string): Promise<void> {
  await run($, 'docker', ['push', '--quiet', image]);
}

export async function startContainers($: Shell, names: readonly string[]): Promise<void> {
  await run($, 'docker', ['start', ...names]);
}

export async function isRunning($: Shell, container: string): Promise<boolean> {
  const output = await $({
    nothrow: true,
  })`docker inspect --format ${'{{.State.Running}}'} ${container}`;
  return output.ok && output.stdout.trim() === 'true';
}

/** Exit code of a shell that does not find a command. */
const NOT_FOUND = 127;

/**
 * Ids of the containers of a kind cluster, running or not; none where there is no Docker at all.
 * @throws CommandError where Docker is there and does not answer: the cluster may exist
 */
export async function clusterContainers($: Shell, cluster: string): Promise<readonly string[]> {
  const filter = `label=io.x-k8s.kind.cluster=${cluster}`;
  const output = await $({
    nothrow: true,
  })`docker ps --all --quiet --no-trunc --filter ${filter}`;
  if (output.exitCode === NOT_FOUND) return [];
  if (!output.ok) throw new CommandError('docker ps', output);
  return output.stdout.split('\n').filter((line) => line !== '');
}

/** The containers of `names` that do not run. */
export async function stoppedContainers(
  $: Shell,
  names: readonly string[],
): Promise<readonly string[]> {
  const format = '{{if not .State.Running}}{{.Name}}{{end}}';
  const text = await run($, 'docker', ['inspect', '--format', format, ...names]);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((name) => name.replace(/^\//, ''));
}

/** Tags of the images in a kind node's containerd: `docker.io/tenantry/whoami:0123`. */
export async function imagesInNode($: Shell, node: string): Promise<readonly string[]> {
  return parseNodeImages(await run($, 'docker', ['exec', node, 'crictl', 'images', '-o', 'json']));
}

/** `crictl images -o json`. */
export function parseNodeImages(text: string): readonly string[] {
  const { images } = JSON.parse(text) as {
    images: readonly { repoTags?: readonly string[] | null }[];
  };
  return images.flatMap(({ repoTags }) => repoTags ?? []);
}
