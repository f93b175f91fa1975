import { Fault } from '../cli/errors.ts';
import { CommandError, NO_COMMAND, run, type Shell } from '../cli/shell.ts';

/** Why no Docker engine answers; null where one does. */
export async function dockerFailure($: Shell): Promise<CommandError | null> {
  try {
    await run($({ timeout: '20s' }), 'docker', ['info', '--format', '{{.ServerVersion}}']);
    return null;
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}

/** Whether Docker has an image. @throws CommandError where it does not say */
export async function hasImage($: Shell, image: string): Promise<boolean> {
  const args = ['image', 'inspect', '--format', '{{.Id}}', image];
  return (await ask($, args, /no such image/i)) !== null;
}

/** What registries say of an image that they lack; some say the same of one that we may not see. */
const NOT_IN_REGISTRY =
  /no such manifest|manifest unknown|name unknown|^(denied|unauthorized)\b|requested access to the resource is denied/im;

/** Whether a registry has an image. @throws CommandError where it cannot be reached */
export async function registryHas($: Shell, image: string): Promise<boolean> {
  const args = ['manifest', 'inspect', image];
  return (await ask($({ timeout: '30s' }), args, NOT_IN_REGISTRY)) !== null;
}

/**
 * What docker prints; null where it says that there is no such thing, by words alone, since it ends
 * with 1 whatever is wrong. @throws CommandError for every other failure
 */
async function ask($: Shell, args: readonly string[], absent: RegExp): Promise<string | null> {
  try {
    return await run($, 'docker', args);
  } catch (error) {
    if (error instanceof CommandError && absent.test(error.stderr)) return null;
    throw error;
  }
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

/**
 * Starts containers that were stopped; each gets the ports of this machine again that it had.
 * @throws Fault where somebody else has got one, CommandError
 */
export async function startContainers($: Shell, names: readonly string[]): Promise<void> {
  try {
    await run($, 'docker', ['start', ...names]);
  } catch (error) {
    const address = error instanceof CommandError ? takenAddress(error.stderr) : null;
    if (address === null) throw error;
    const port = address.replace(/.*:/, '');
    throw new Fault({
      what: `${names.join(', ')} cannot start`,
      why: `${address} of this machine, where its API server is reached, is taken`,
      todo: `ss -tanp 'sport = :${port}' (macOS: lsof -nP -i :${port}) says by whom; end that, then run the command again`,
    });
  }
}

/** The address that a container was to be reached at and cannot; null where something else is wrong. */
export function takenAddress(stderr: string): string | null {
  const words = /address already in use|port is already allocated/;
  const address =
    /(?:Bind for|listen tcp4?|exposing port TCP|bind (?:host )?port(?: for)?) (\S+?:\d+)/;
  return words.test(stderr) ? (address.exec(stderr)?.[1] ?? null) : null;
}

/** Whether a container is there and runs. @throws CommandError where Docker does not say */
export async function isRunning($: Shell, container: string): Promise<boolean> {
  const args = ['inspect', '--type', 'container', '--format', '{{.State.Running}}', container];
  return (await ask($, args, /no such (object|container)/i))?.trim() === 'true';
}

/**
 * The containers of a kind cluster, running or not; none where Docker is not even installed.
 * @throws CommandError where Docker does not say
 */
export async function clusterContainers($: Shell, cluster: string): Promise<readonly string[]> {
  const filter = `label=io.x-k8s.kind.cluster=${cluster}`;
  try {
    const text = await run($, 'docker', [
      'ps',
      '--all',
      '--quiet',
      '--no-trunc',
      '--filter',
      filter,
    ]);
    return text.split('\n').filter((line) => line !== '');
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === NO_COMMAND) return [];
    throw error;
  }
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

/** Tags of the images in a kind node's containerd: `docker.io/tenantry/app:0123`. */
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
