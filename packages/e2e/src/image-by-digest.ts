import { execa } from 'execa';
import { cluster } from './tenantry.ts';

const REPOSITORY = 'docker.io/tenantry/node-runtime';

/**
 * Where no registry can be reached, the base image of services, which was built for that, brought
 * to the node under its digest; null where there is none, and the node pulls.
 */
export async function nodeImageByDigest(): Promise<string | null> {
  const listed = await execa('docker', [
    'images',
    'tenantry/node-runtime',
    '--format',
    '{{.Repository}}:{{.Tag}}',
  ]);
  const [image] = listed.stdout.split('\n');
  if (image === undefined || image === '') return null;
  const ctr = ['exec', '-i', `${cluster}-control-plane`, 'ctr', '--namespace=k8s.io', 'images'];
  const flags = ['--digests', '--base-name', REPOSITORY];
  await execa('docker', ['save', image], { buffer: false }).pipe('docker', [
    ...ctr,
    'import',
    ...flags,
    '-',
  ]);
  const { stdout } = await execa('docker', [...ctr, 'ls', '--quiet', `name~=^${REPOSITORY}@`]);
  const [reference] = stdout.split('\n');
  if (reference?.startsWith(`${REPOSITORY}@sha256:`) === true) return reference;
  throw new Error(`the node does not have ${image} by its digest: ${stdout}`);
}
