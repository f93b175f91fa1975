import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Shell } from '../cli/shell.ts';

/** A layer as a tar file, with the digest of its contents. */
export interface LayerFile {
  readonly file: string;
  readonly digest: string;
}

export interface ArchiveImage {
  readonly tags: readonly string[];
  readonly layers: readonly LayerFile[];
  /** The image's runtime configuration, by the field names of the image specification. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Packs a directory: names sorted, root's, dated to the epoch, so that equal contents are equal bytes. */
export async function packLayer($: Shell, directory: string, file: string): Promise<LayerFile> {
  const stable = ['--sort=name', '--mtime=@0', '--numeric-owner'];
  await $`tar -C ${directory} ${stable} -cf ${file} .`;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { file, digest: hash.digest('hex') };
}

/**
 * Writes images as one archive of Docker's `save` format, which `docker load` and containerd read;
 * a layer that several images share is in it once.
 * @param staging a directory of its own, on the file system of the layers; removed at the end.
 */
export async function writeArchive(
  $: Shell,
  images: readonly ArchiveImage[],
  staging: string,
  archive: string,
): Promise<void> {
  await mkdir(staging, { recursive: true });
  const manifest = await Promise.all(
    images.map(async ({ tags, layers, config }) => {
      const document = imageDocument(layers, config);
      const name = `${createHash('sha256').update(document).digest('hex')}.json`;
      await writeFile(path.join(staging, name), document);
      return { Config: name, RepoTags: tags, Layers: layers.map(layerName) };
    }),
  );
  await writeFile(path.join(staging, 'manifest.json'), JSON.stringify(manifest));
  const layers = new Map(
    images.flatMap((image) => image.layers).map((layer) => [layer.digest, layer]),
  );
  for (const layer of layers.values()) await link(layer.file, path.join(staging, layerName(layer)));
  await $`tar -C ${staging} --sort=name -cf ${archive} .`;
  await rm(staging, { recursive: true });
}

function layerName(layer: LayerFile): string {
  return `${layer.digest}.tar`;
}

function imageDocument(layers: readonly LayerFile[], config: ArchiveImage['config']): string {
  return JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config,
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => `sha256:${layer.digest}`) },
    history: layers.map(() => ({ created: '1970-01-01T00:00:00Z' })),
  });
}
