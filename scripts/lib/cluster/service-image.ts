import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { buildImage, hasImage, imagesInNode, pushImage, registryHas } from '../tools/docker.ts';
import { Fault } from '../cli/errors.ts';
import type { Host } from './host.ts';
import { listNodes, loadImage } from '../tools/kind.ts';
import { pnpmCommand } from '../cli/pnpm.ts';
import type { Report } from '../cli/report.ts';
import { buildServiceBases } from '../sealed/index.ts';
import { quietShell, run, type Shell } from '../cli/shell.ts';
import { chooseWay } from './image-source.ts';
import { imageTag, isPackage } from '../dist/image-tag.ts';
import type { Workspace } from '../cli/workspace.ts';

/** An image that is built from a directory of this repository. */
export interface BuiltImage {
  /** With its tag. */
  readonly reference: string;
  readonly directory: string;
}

/** Hosts that are worked on at once start the same images, which are built once. */
const provideOne = pLimit(1);

/** Sees to it that the host can start an image: builds and loads, or pushes, what is missing. */
export async function ensureImage(
  host: Host,
  image: BuiltImage,
  workspace: Workspace,
  report: Report,
): Promise<void> {
  await provideOne(() => provide(host, image, workspace, report));
}

async function provide(
  host: Host,
  image: BuiltImage,
  workspace: Workspace,
  report: Report,
): Promise<void> {
  const { reference } = image;
  const { kindCluster } = host;
  if (kindCluster !== null) await ensureInNodes(host.$, kindCluster, image, workspace, report);
  else if (!(await registryHas(host.$, reference))) {
    await ensureBuilt(host.$, image, workspace, report);
    await report.step(`push ${reference}`, () => pushImage(host.$, reference));
  }
}

async function ensureInNodes(
  $: Shell,
  cluster: string,
  image: BuiltImage,
  workspace: Workspace,
  report: Report,
): Promise<void> {
  const { reference } = image;
  const nodes = await listNodes($, cluster);
  const loaded = await Promise.all(nodes.map((node) => imagesInNode($, node)));
  if (loaded.every((images) => images.includes(qualified(reference)))) return;
  await ensureBuilt($, image, workspace, report);
  await report.step(`load ${reference}`, () => loadImage($, cluster, reference));
}

/** An image's full name as containerd keeps it. */
function qualified(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`;
}

async function ensureBuilt(
  $: Shell,
  { reference, directory }: BuiltImage,
  workspace: Workspace,
  report: Report,
): Promise<void> {
  if (await hasImage($, reference)) return;
  const tag = imageTag(workspace.root, directory);
  if (!reference.endsWith(`:${tag}`)) {
    throw new Fault({
      what: `image ${reference}`,
      why: `it is nowhere to be found, and ${directory} in this repository is at tag ${tag}`,
      todo: 'run pnpm synth and review the change; where a release pins it, bring the image to the host, or promote one that is there',
    });
  }
  const { sealed } = await chooseWay(quietShell());
  const bases = sealed ? await buildServiceBases($, report, workspace.cache) : null;
  await report.step(`build ${reference}`, () =>
    build($, { reference, directory }, workspace.root, bases),
  );
}

async function build(
  $: Shell,
  { reference: tag, directory }: BuiltImage,
  root: string,
  bases: { build: string; runtime: string } | null,
): Promise<void> {
  const buildArgs: Record<string, string> =
    bases === null ? {} : { BUILD_IMAGE: bases.build, RUNTIME_IMAGE: bases.runtime };
  const buildFrom = (context: string) =>
    buildImage($, { tag, context, dockerfile: join(context, 'Dockerfile'), buildArgs });
  if (!isPackage(root, directory)) return buildFrom(join(root, directory));
  const scratch = await mkdtemp(join(tmpdir(), 'tenantry-image-'));
  const context = join(scratch, 'context');
  try {
    const [file, ...args] = pnpmCommand();
    // `pnpm --filter … deploy` would run the root script of that name.
    const deploy = ['pm', '--filter', `./${directory}`, 'deploy', '--prod', context];
    await run($({ cwd: root }), file, [...args, ...deploy]);
    await buildFrom(context);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
