import { execa } from 'execa';
import { chooseWay } from '../../../scripts/lib/cluster/image-source.ts';
import { createReport } from '../../../scripts/lib/cli/report.ts';
import { quietShell } from '../../../scripts/lib/cli/shell.ts';
import { workspace } from '../../../scripts/lib/cli/workspace.ts';
import { buildServiceBases } from '../../../scripts/lib/sealed/index.ts';
import { cluster } from './tenantry.ts';

const REPOSITORY = 'docker.io/tenantry/node-runtime';

/**
 * Where no registry can be reached, the base image of services, which is built for that, brought to
 * the node under its digest; null where one can be reached, and the node pulls.
 */
export async function nodeImageByDigest(): Promise<string | null> {
  const $ = quietShell();
  if (!(await chooseWay($)).sealed) return null;
  const quiet = createReport(() => undefined);
  const { runtime } = await buildServiceBases($, quiet, workspace(process.env).cache);
  const ctr = ['exec', '-i', `${cluster}-control-plane`, 'ctr', '--namespace=k8s.io', 'images'];
  const flags = ['--digests', '--base-name', REPOSITORY];
  await execa('docker', ['save', runtime], { buffer: false }).pipe('docker', [
    ...ctr,
    'import',
    ...flags,
    '-',
  ]);
  const { stdout } = await execa('docker', [...ctr, 'ls', '--quiet', `name~=^${REPOSITORY}@`]);
  const [reference] = stdout.split('\n');
  if (reference?.startsWith(`${REPOSITORY}@sha256:`) === true) return reference;
  throw new Error(`the node does not have ${runtime} by its digest: ${stdout}`);
}
