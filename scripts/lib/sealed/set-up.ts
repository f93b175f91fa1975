import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';
import { startDocker } from './docker.ts';
import { buildNodeImage } from './node-image.ts';
import { preflight } from './preflight.ts';
import { pruneBuilds } from './prune.ts';
import { buildServiceBases, type ServiceBases } from './service-bases.ts';
import { buildTools } from './tools.ts';
import { markImageUsed } from './used.ts';

export interface Sealed {
  /** The directory of kind, kubectl, helm and vcluster. */
  readonly tools: string;
  /** Reference of the kind node image. */
  readonly nodeImage: string;
  readonly bases: ServiceBases;
}

/**
 * Everything a cluster needs where no container registry can be reached. Debian's packages come
 * while the compiler works; what is there already is skipped, and what earlier recipes left is pruned.
 */
export async function setUpSealed($: Shell, report: Report, cache: string): Promise<Sealed> {
  await preflight($, cache);
  const docker = startDocker($, report, cache);
  const [tools, nodeImage, bases] = await Promise.all([
    buildTools($, report, cache),
    docker.then(async () => buildNodeImage($, report, cache)),
    docker.then(async () => buildServiceBases($, report, cache)),
  ]);
  for (const image of [nodeImage, bases.build, bases.runtime]) await markImageUsed(cache, image);
  await pruneBuilds($, report, cache);
  return { tools, nodeImage, bases };
}
