import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  type CutModule,
  cutModules,
  gatewayBuild,
  gatewayVersions,
} from '@tenantry/sealed/gateway';
import { withLock } from '../cli/file-lock.ts';
import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';
import { hasImage } from '../tools/docker.ts';
import { compileTools } from './go-install.ts';
import { writeArchive } from './image-archive.ts';
import { layerFactory } from './layers.ts';
import { inputHash, recipeDirectory, storeDirectory } from './store.ts';
import { markImageUsed } from './used.ts';

/** What `go mod download -json` says of a module. */
interface Download {
  readonly Dir: string;
}

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
  const work = path.join(storeDirectory(cache), `gateway-${hash}`);
  if (await hasImage($, reference)) report.skip('gateway image', reference);
  else {
    await withLock(`${work}.lock`, async () => {
      if (await hasImage($, reference)) return;
      await rm(work, { recursive: true, force: true });
      await mkdir(work, { recursive: true });
      try {
        await build($, report, { recipe, work, reference, cache });
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    });
  }
  await markImageUsed(cache, reference);
  return reference;
}

/** The Gateway API's own CustomResourceDefinitions, as a directory of YAML. */
export async function gatewayDefinitions($: Shell): Promise<string> {
  const module = `sigs.k8s.io/gateway-api@${gatewayVersions.gatewayApi}`;
  return path.join(await download($, module), 'config/crd/standard');
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
): Promise<void> {
  const source = path.join(work, 'source');
  const directory = path.join(work, 'bin');
  await mkdir(source);
  for (const name of ['go.mod', 'go.sum']) {
    await cp(path.join(recipe, name), path.join(source, name));
  }
  for (const cut of cutModules) await copyWithout($, cut, path.join(source, cut.as));
  await $`cp -r ${path.join(recipe, 'stubs')}/. ${source}`;
  // Go processes that compile the same packages at the same time compile them twice.
  await withLock(path.join(storeDirectory(cache), `go-${gatewayBuild.queue}.lock`), () =>
    report.step(`compile ${gatewayBuild.title}`, () =>
      compileTools($, report, gatewayBuild, { source, directory }),
    ),
  );
  const layers = layerFactory($, {
    rootfs: '',
    find: (binary) => path.join(directory, binary),
    directory: work,
  });
  const image = {
    tags: [reference],
    layers: [await layers.make({ binary: 'traefik', at: ['traefik'] })],
    config: { Entrypoint: ['/traefik'] },
  };
  const archive = path.join(work, 'image.tar');
  await writeArchive($, [image], path.join(work, 'staging'), archive);
  await $`docker load --quiet --input ${archive}`;
}

async function copyWithout(
  $: Shell,
  { module, version, without }: CutModule,
  target: string,
): Promise<void> {
  const original = await download($, `${module}@${version}`);
  await $`cp -r --no-preserve=mode ${original} ${target}`;
  for (const pattern of without) await $({ cwd: target })`sh -c ${`rm -r ${pattern}`}`;
}

async function download($: Shell, module: string): Promise<string> {
  const { stdout } = await $`env GOWORK=off GOFLAGS=-mod=mod go mod download -json ${module}`;
  return (JSON.parse(stdout) as Download).Dir;
}
