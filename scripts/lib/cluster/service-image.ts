import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage, hasImage, imagesInNode, pushImage, registryHas } from '../tools/docker.ts';
import { Fault } from '../cli/errors.ts';
import type { Host } from './host.ts';
import { listNodes, loadImage } from '../tools/kind.ts';
import { pnpmCommand } from '../cli/pnpm.ts';
import type { Report } from '../cli/report.ts';
import { buildServiceBases } from '../sealed/index.ts';
import { quietShell, run, type Shell } from '../cli/shell.ts';
import { chooseWay } from './image-source.ts';
import { whoamiTag } from '../dist/image-tag.ts';
import type { Workspace } from '../cli/workspace.ts';

/** Sees to it that the host can start the service: builds and loads, or pushes, what is missing. */
export async function ensureServiceImage(
  host: Host,
  image: string,
  workspace: Workspace,
  report: Report,
): Promise<void> {
  if (host.ours) await ensureInNodes(host, image, workspace, report);
  else if (!(await registryHas(host.$, image))) {
    await ensureBuilt(host.$, image, workspace, report);
    await report.step(`push ${image}`, () => pushImage(host.$, image));
  }
}

async function ensureInNodes(
  { $ }: Host,
  image: string,
  workspace: Workspace,
  report: Report,
): Promise<void> {
  const nodes = await listNodes($, workspace.cluster);
  const loaded = await Promise.all(nodes.map((node) => imagesInNode($, node)));
  if (loaded.every((images) => images.includes(qualified(image)))) return;
  await ensureBuilt($, image, workspace, report);
  await report.step(`load ${image}`, () => loadImage($, workspace.cluster, image));
}

/** An image's full name as containerd keeps it. */
function qualified(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`;
}

async function ensureBuilt(
  $: Shell,
  image: string,
  workspace: Workspace,
  report: Report,
): Promise<void> {
  if (await hasImage($, image)) return;
  const tag = whoamiTag(workspace.root);
  if (!image.endsWith(`:${tag}`)) {
    throw new Fault({
      what: `image ${image}`,
      why: `it is nowhere to be found, and the service in this repository is at tag ${tag}`,
      todo: 'run pnpm synth and review the change, or bring the image to the host',
    });
  }
  const { sealed } = await chooseWay(quietShell());
  const bases = sealed ? await buildServiceBases($, report, workspace.cache) : null;
  await report.step(`build ${image}`, () => buildService($, image, workspace.root, bases));
}

async function buildService(
  $: Shell,
  image: string,
  root: string,
  bases: { build: string; runtime: string } | null,
): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'tenantry-whoami-'));
  const context = join(scratch, 'context');
  try {
    const [file, ...args] = pnpmCommand();
    // `pnpm --filter … deploy` would run the root script of that name.
    const deploy = ['pm', '--filter', '@tenantry/whoami', 'deploy', '--prod', context];
    await run($({ cwd: root }), file, [...args, ...deploy]);
    await buildImage($, {
      tag: image,
      context,
      dockerfile: join(context, 'Dockerfile'),
      buildArgs: bases === null ? {} : { BUILD_IMAGE: bases.build, RUNTIME_IMAGE: bases.runtime },
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
