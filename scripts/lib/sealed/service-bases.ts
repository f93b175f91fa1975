import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { imagePath, type Layer, type RootName, roots } from '@tenantry/sealed';
import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';
import { hasImage } from '../tools/docker.ts';
import { buildInDirectory } from './build-in-directory.ts';
import { type ArchiveImage, writeArchive } from './image-archive.ts';
import { layerFactory } from './layers.ts';
import { buildRootfs } from './rootfs.ts';
import { inputHash, storeDirectory } from './store.ts';

/** The images a service's Dockerfile starts from. */
export interface ServiceBases {
  readonly build: string;
  readonly runtime: string;
}

/** Where the public build image and the public runtime image have it. */
const node: Layer = { binary: 'node', at: ['usr/local/bin/node', 'nodejs/bin/node'] };

/**
 * Builds the two base images of a Node service, with the Node that runs this, and gives them to
 * Docker.
 */
export async function buildServiceBases(
  $: Shell,
  report: Report,
  cache: string,
): Promise<ServiceBases> {
  const hash = await inputHash([process.version, process.arch, roots, node], []);
  const bases = {
    build: `tenantry/node-build:${hash}`,
    runtime: `tenantry/node-runtime:${hash}`,
  };
  const inDocker = async (): Promise<boolean> =>
    (await hasImage($, bases.build)) && (await hasImage($, bases.runtime));
  const title = `service base images, Node ${process.version}`;
  if (await inDocker()) {
    report.skip(title, 'built');
    return bases;
  }
  const rootfs = await buildRootfs($, report, cache);
  const work = path.join(storeDirectory(cache), `service-${hash}`);
  await buildInDirectory(work, inDocker, () =>
    report.step(title, async () => load($, rootfs, work, bases)),
  );
  return bases;
}

async function load($: Shell, rootfs: string, work: string, bases: ServiceBases): Promise<void> {
  const binary = path.join(work, 'node');
  // A copy: npm's may lie on another file system, and a layer is made of hard links.
  await $`cp ${process.execPath} ${binary}`;
  await $`chmod 755 ${binary}`;
  const layers = layerFactory($, {
    rootfs,
    find: () => binary,
    directory: path.join(work, 'layers'),
  });
  const image = async (tag: string, root: RootName, config: object): Promise<ArchiveImage> => ({
    tags: [tag],
    layers: [await layers.make({ root }), await layers.make(node)],
    config: { Env: [`PATH=${imagePath}`], ...config },
  });
  const archive = path.join(work, 'all.tar');
  await mkdir(path.join(work, 'layers'));
  const images = [
    await image(bases.build, 'service-build', {}),
    await image(bases.runtime, 'service', {
      User: '65532:65532',
      Entrypoint: ['/nodejs/bin/node'],
    }),
  ];
  await writeArchive($, images, path.join(work, 'staging'), archive);
  await $`docker load --quiet --input ${archive}`;
}
