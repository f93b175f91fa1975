import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  type CutModule,
  cutModules,
  gatewayBuild,
  gatewayVersions,
} from '@tenantry/sealed/gateway';
import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';
import { ensureImages } from './docker-images.ts';
import { compileInTurn, downloadModule } from './go-install.ts';
import type { ArchiveImage } from './image-archive.ts';
import { layerFactory } from './layers.ts';
import { inputHash, recipeDirectory } from './store.ts';

/**
 * Builds the image of the Gateway API's implementation, and gives it to Docker.
 * @returns its reference, whose tag names what it is made from.
 */
export async function buildGatewayImage($: Shell, report: Report, cache: string): Promise<string> {
  const recipe = path.join(recipeDirectory, gatewayBuild.directory);
  const hash = await inputHash(
    [gatewayBuild, cutModules],
    [
      ...['go.mod', 'go.sum', 'stubs'].map((name) => path.join(recipe, name)),
      path.join(import.meta.dirname, 'gateway-image.ts'),
    ],
  );
  const reference = `traefik:${gatewayVersions.traefik}-sealed-${hash}`;
  const images = {
    title: 'gateway image',
    references: [reference],
    cache,
    work: `gateway-${hash}`,
  };
  await ensureImages($, report, images, (work) =>
    build($, report, { recipe, work, reference, cache }),
  );
  return reference;
}

/** The Gateway API's own CustomResourceDefinitions, as a directory of YAML. */
export async function gatewayDefinitions($: Shell): Promise<string> {
  const module = `sigs.k8s.io/gateway-api@${gatewayVersions.gatewayApi}`;
  return path.join(await downloadModule($, module), 'config/crd/standard');
}

interface Paths {
  readonly recipe: string;
  readonly work: string;
  readonly reference: string;
  readonly cache: string;
}

async function build(
  $: Shell,
  report: Report,
  { recipe, work, reference, cache }: Paths,
): Promise<readonly ArchiveImage[]> {
  const source = path.join(work, 'source');
  const directory = path.join(work, 'bin');
  await mkdir(source);
  for (const name of ['go.mod', 'go.sum']) {
    await cp(path.join(recipe, name), path.join(source, name));
  }
  for (const cut of cutModules) await copyWithout($, cut, path.join(source, cut.as));
  await $`cp -r ${path.join(recipe, 'stubs')}/. ${source}`;
  await compileInTurn($, report, cache, gatewayBuild, { source, directory });
  const layers = layerFactory($, {
    rootfs: '',
    find: (binary) => path.join(directory, binary),
    directory: work,
  });
  const layer = await layers.make({ binary: 'traefik', at: ['traefik'] });
  return [{ tags: [reference], layers: [layer], config: { Entrypoint: ['/traefik'] } }];
}

async function copyWithout(
  $: Shell,
  { module, version, without }: CutModule,
  target: string,
): Promise<void> {
  const original = await downloadModule($, `${module}@${version}`);
  await $`cp -r --no-preserve=mode ${original} ${target}`;
  for (const pattern of without) await $({ cwd: target })`sh -c ${`rm -r ${pattern}`}`;
}
