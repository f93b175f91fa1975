import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import * as recipes from '@tenantry/sealed';
import { type Image, imagePath, nodeConfig, nodeImages, versions } from '@tenantry/sealed';
import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';
import { hasImage } from '../tools/docker.ts';
import { goInstall } from './go-install.ts';
import { type ArchiveImage, packLayer, writeArchive } from './image-archive.ts';
import { unpackImages } from './image-store.ts';
import { type LayerFactory, layerFactory } from './layers.ts';
import { withLock } from '../cli/file-lock.ts';
import { layNodeFiles } from './node-files.ts';
import { buildRootfs } from './rootfs.ts';
import { inputHash, recipeDirectory, storeDirectory } from './store.ts';
import { prepareSystem } from './systemd.ts';

/** What the image is made of beside the recipes' data, and how. */
const inputs = ['go.mod', 'go.sum', 'coredns', 'local-path', 'manifests', 'node'];
const makers = [
  'image-archive',
  'image-store',
  'layers',
  'node-files',
  'node-image',
  'small-root',
  'systemd',
];

/**
 * Builds the kind node image, with every image that the cluster and its tenants run inside it, and
 * gives it to Docker.
 * @returns its reference, whose tag names what it is made from.
 */
export async function buildNodeImage($: Shell, report: Report, cache: string): Promise<string> {
  const hash = await inputHash(recipes, [
    ...inputs.map((name) => path.join(recipeDirectory, name)),
    ...makers.map((name) => path.join(import.meta.dirname, `${name}.ts`)),
  ]);
  const reference = `kindest/node:${versions.kubernetes}-sealed-${hash}`;
  if (await hasImage($, reference)) {
    report.skip('node image', reference);
    return reference;
  }
  const [rootfs, host, tools] = await Promise.all([
    buildRootfs($, report, cache),
    goInstall($, report, cache, 'host'),
    goInstall($, report, cache, 'node'),
  ]);
  const work = path.join(storeDirectory(cache), `node-${hash}`);
  await withLock(`${work}.lock`, async () => {
    if (await hasImage($, reference)) return;
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    try {
      await assemble($, report, { reference, rootfs, host, tools, work });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return reference;
}

interface Parts {
  readonly reference: string;
  readonly rootfs: string;
  readonly host: string;
  readonly tools: string;
  readonly work: string;
}

async function assemble($: Shell, report: Report, parts: Parts): Promise<void> {
  const { reference, rootfs, host, tools, work } = parts;
  const find = (name: string): string => {
    if (name === 'kubectl') return path.join(host, name);
    if (name === 'catatonit') return path.join(rootfs, 'usr/bin', name);
    return path.join(tools, name);
  };
  const overlay = path.join(work, 'overlay');
  await report.step(`${String(nodeImages.length)} images for the node`, async () => {
    const layers = layerFactory($, { rootfs, find, directory: work });
    const images = await Promise.all(nodeImages.map(async (image) => describe(image, layers)));
    const archive = path.join(work, 'images.tar');
    await writeArchive($, images, path.join(work, 'inner'), archive);
    const root = path.join(overlay, 'var/lib/containerd');
    await mkdir(root, { recursive: true });
    await unpackImages($, { containerd: find('containerd'), ctr: find('ctr'), archive, root });
  });
  await report.step(`node image ${reference}`, async () => {
    await layNodeFiles($, { overlay, find, ctr: find('ctr') });
    const system = path.join(work, 'system');
    await prepareSystem($, rootfs, overlay, system);
    const layers = [
      await packLayer($, system, path.join(work, 'system.tar')),
      await packLayer($, overlay, path.join(work, 'overlay.tar')),
    ];
    const image = { tags: [reference], layers, config: nodeConfig };
    const archive = path.join(work, 'node.tar');
    await writeArchive($, [image], path.join(work, 'outer'), archive);
    await $`docker load --quiet --input ${archive}`;
  });
}

/** An image of the recipes with its layers made. */
export async function describe(image: Image, layers: LayerFactory): Promise<ArchiveImage> {
  return {
    tags: image.tags,
    layers: await Promise.all(image.layers.map(async (layer) => layers.make(layer))),
    config: {
      Env: [`PATH=${imagePath}`],
      ...(image.entrypoint === undefined ? {} : { Entrypoint: image.entrypoint }),
    },
  };
}
