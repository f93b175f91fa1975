import path from 'node:path';
import { fluxBuild, type FluxImage, fluxImages, kubectlImage } from '@tenantry/sealed/flux';
import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';
import { ensureImages } from './docker-images.ts';
import { compileInTurn, downloadModule, goInstall } from './go-install.ts';
import { layerFactory } from './layers.ts';
import { inputHash, recipeDirectory } from './store.ts';

/**
 * Builds the images of Flux and of a registry, and gives them to Docker, with one of kubectl under its
 * public name. @returns the references of Flux's, whose tags name what they are made from
 */
export async function buildFluxImages(
  $: Shell,
  report: Report,
  cache: string,
): Promise<ReadonlyMap<FluxImage, string>> {
  const source = path.join(recipeDirectory, fluxBuild.directory);
  const hash = await inputHash(
    [fluxBuild, fluxImages],
    [
      ...['go.mod', 'go.sum', 'registry'].map((name) => path.join(source, name)),
      path.join(import.meta.dirname, 'flux-images.ts'),
    ],
  );
  const references = new Map(
    fluxImages.map((part) => [part, `${part.image}:${part.version}-sealed-${hash}`]),
  );
  const wanted = {
    title: 'images of Flux',
    references: [...references.values(), kubectlImage],
    cache,
    work: `flux-${hash}`,
  };
  await ensureImages($, report, wanted, async (work) => {
    const directory = path.join(work, 'bin');
    const kubectl = path.join(await goInstall($, report, cache, 'host'), 'kubectl');
    await compileInTurn($, report, cache, fluxBuild, { source, directory });
    const layers = layerFactory($, {
      rootfs: '',
      find: (binary) => (binary === 'kubectl' ? kubectl : path.join(directory, binary)),
      directory: work,
    });
    const image = async (reference: string, binary: string) => {
      const at = `bin/${binary}`;
      const layer = await layers.make({ binary, at: [at] });
      return { tags: [reference], layers: [layer], config: { Entrypoint: [`/${at}`] } };
    };
    return Promise.all([
      ...[...references].map(([part, reference]) => image(reference, path.basename(part.image))),
      image(kubectlImage, 'kubectl'),
    ]);
  });
  return references;
}

/** The directory with a controller's own manifests. */
export async function fluxManifests($: Shell, { module, version }: FluxImage): Promise<string> {
  return path.join(await downloadModule($, `${module}@${version}`), 'config');
}
