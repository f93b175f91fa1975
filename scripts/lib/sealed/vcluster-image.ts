import path from 'node:path';
import { roots, vclusterBuild, vclusterImage } from '@tenantry/sealed';
import { vclusterVersions } from '@tenantry/sealed/tenant-versions';
import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';
import { hasImage } from '../tools/docker.ts';
import { buildInDirectory } from './build-in-directory.ts';
import { compileInTurn } from './go-install.ts';
import { writeArchive } from './image-archive.ts';
import { layerFactory } from './layers.ts';
import { describe } from './node-image.ts';
import { checkGo } from './preflight.ts';
import { buildRootfs } from './rootfs.ts';
import { inputHash, recipeDirectory, storeDirectory } from './store.ts';
import { writeVclusterModule } from './tools.ts';
import { markImageUsed } from './used.ts';

/**
 * Builds the image of a tenant's control plane of a version that the node does not carry, and gives it
 * to Docker. @returns its reference, whose tag names what it is made from
 */
export async function buildVclusterImage(
  $: Shell,
  report: Report,
  cache: string,
  version: string,
): Promise<string> {
  await checkGo($);
  const build = vclusterBuild(version);
  const image = vclusterImage(version);
  const hash = await inputHash(
    [build, image, roots, vclusterVersions[version]],
    [
      ...['go.mod', 'go.sum'].map((name) => path.join(recipeDirectory, name)),
      path.join(import.meta.dirname, 'vcluster-image.ts'),
    ],
  );
  const reference = `tenantry/vcluster:${version}-sealed-${hash}`;
  const work = path.join(storeDirectory(cache), `vcluster-${hash}`);
  const title = `vcluster ${version} image`;
  if (await hasImage($, reference)) report.skip(title, reference);
  else {
    const rootfs = await buildRootfs($, report, cache);
    await buildInDirectory(
      work,
      () => hasImage($, reference),
      async () => {
        const [source, directory] = [path.join(work, 'source'), path.join(work, 'bin')];
        await writeVclusterModule(source, version);
        await compileInTurn($, report, cache, build, { source, directory });
        const find = (binary: string) => path.join(directory, binary);
        const layers = layerFactory($, { rootfs, find, directory: work });
        const archive = path.join(work, 'image.tar');
        await report.step(title, async () => {
          const described = { ...(await describe(image, layers)), tags: [reference] };
          await writeArchive($, [described], path.join(work, 'staging'), archive);
          await $`docker load --quiet --input ${archive}`;
        });
      },
    );
  }
  await markImageUsed(cache, reference);
  return reference;
}
