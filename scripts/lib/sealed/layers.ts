import { link, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Layer } from '@tenantry/sealed';
import type { Shell } from '../cli/shell.ts';
import { type LayerFile, packLayer } from './image-archive.ts';
import { cutRoot } from './small-root.ts';

/** Makes layer files in one directory; a layer asked for twice is made once. */
export interface LayerFactory {
  make(layer: Layer): Promise<LayerFile>;
}

export interface LayerOptions {
  readonly rootfs: string;
  /** Where a binary lies, on the file system of `directory`. */
  readonly find: (binary: string) => string;
  readonly directory: string;
}

export function layerFactory($: Shell, { rootfs, find, directory }: LayerOptions): LayerFactory {
  const made = new Map<string, Promise<LayerFile>>();

  async function build(layer: Layer, name: string): Promise<LayerFile> {
    const content = path.join(directory, name);
    if ('root' in layer) await cutRoot($, rootfs, layer.root, content);
    else await placeBinary(layer, content);
    const file = await packLayer($, content, `${content}.tar`);
    await rm(content, { recursive: true });
    return file;
  }

  async function placeBinary(
    layer: Extract<Layer, { binary: string }>,
    content: string,
  ): Promise<void> {
    // Hard links: a binary at two paths is in the layer once.
    for (const at of layer.at) {
      const target = path.join(content, at);
      await mkdir(path.dirname(target), { recursive: true });
      await link(find(layer.binary), target);
    }
  }

  return {
    async make(layer) {
      const name = 'root' in layer ? `root-${layer.root}` : `binary-${layer.binary}`;
      const known = made.get(name);
      if (known !== undefined) return known;
      const making = build(layer, name);
      made.set(name, making);
      return making;
    },
  };
}
