import type { Report } from '../cli/report.ts';
import type { Shell } from '../cli/shell.ts';
import { startDocker } from './docker.ts';
import { buildNodeImage } from './node-image.ts';
import { preflight } from './preflight.ts';
import { buildServiceBases, type ServiceBases } from './service-bases.ts';
import { buildTools } from './tools.ts';

export interface Sealed {
  /** The directory of kind, kubectl, helm and vcluster. */
  readonly tools: string;
  /** Reference of the kind node image. */
  readonly nodeImage: string;
  readonly bases: ServiceBases;
}

/**
 * Everything a cluster needs where no container registry can be reached. Debian's packages come
 * while the compiler works; what is there already is skipped.
 */
export async function setUpSealed($: Shell, report: Report, cache: string): Promise<Sealed> {
  await preflight($, cache);
  const docker = startDocker($, report, cache);
  const [tools, nodeImage, bases] = await Promise.all([
    buildTools($, report, cache),
    docker.then(async () => buildNodeImage($, report, cache)),
    docker.then(async () => buildServiceBases($, report, cache)),
  ]);
  return { tools, nodeImage, bases };
}
