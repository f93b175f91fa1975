import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FLUX_NAMESPACE } from '@tenantry/tenants';
import { execa } from 'execa';
import { chooseWay } from '../../../scripts/lib/cluster/image-source.ts';
import { quietShell } from '../../../scripts/lib/cli/shell.ts';
import { workspace } from '../../../scripts/lib/cli/workspace.ts';
import { vclusterChart } from '../../../scripts/lib/sealed/index.ts';
import { withPortForward } from './port-forward.ts';
import { directory, pnpmOk, toolPath } from './tenantry.ts';

const PORT = 5051;
const REGISTRY = `localhost:${PORT}`;
/** Below which the registry has all of it. */
const REPOSITORY = 'tenants';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** What a tenants.json says of the Flux that `installFlux` gives the host. */
export const FLUX = {
  registry: `oci://registry.${FLUX_NAMESPACE}.svc.cluster.local:5000/${REPOSITORY}`,
  insecure: true,
  interval: '30s',
} as const;

/**
 * Gives the host cluster Flux and a registry that it reads from, with the chart in it that dist/ has of
 * a tenant.
 */
export async function installFlux(id: string): Promise<void> {
  const { chartVersion } = JSON.parse(
    readFileSync(join(directory, 'dist', id, 'tenant.json'), 'utf8'),
  ) as { readonly chartVersion: string };
  await pnpmOk(['cluster', '--flux']);
  const work = await mkdtemp(join(tmpdir(), 'tenantry-e2e-chart-'));
  try {
    const helm = (args: readonly string[]) => execa('helm', args, { env: { PATH: toolPath() } });
    const { sealed } = await chooseWay(quietShell());
    await helm(
      sealed
        ? ['package', vclusterChart(workspace(process.env).cache), '--destination', work]
        : [
            'pull',
            'vcluster',
            '--repo',
            'https://charts.loft.sh',
            '--version',
            chartVersion,
            '--destination',
            work,
          ],
    );
    const chart = join(work, `vcluster-${chartVersion}.tgz`);
    await withRegistry(() =>
      helm(['push', chart, `oci://${REGISTRY}/${REPOSITORY}`, '--plain-http']),
    );
  } finally {
    await rm(work, { recursive: true });
  }
}

/** Puts dist/ and secrets/ into the registry in the form that Flux reads, as CI does after a merge. */
export async function pushDist(): Promise<void> {
  const stable = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  const parts = ['dist', 'secrets'].filter((name) => existsSync(join(directory, name)));
  const { stdout: tar } = await execa('tar', [...stable, '-C', directory, '-c', ...parts], {
    encoding: 'buffer',
  });
  await withRegistry(async () => {
    const layer = await pushBlob(gzipSync(tar));
    const config = await pushBlob(Buffer.from('{}'));
    await put(`/v2/${REPOSITORY}/dist/manifests/latest`, MANIFEST, {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: 'application/vnd.cncf.flux.config.v1+json', ...config },
      layers: [{ mediaType: 'application/vnd.cncf.flux.content.v1.tar+gzip', ...layer }],
    });
  });
}

function withRegistry<T>(action: () => Promise<T>): Promise<T> {
  return withPortForward(FLUX_NAMESPACE, 'registry', `${PORT}:5000`, action);
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

async function pushBlob(data: Buffer): Promise<Blob> {
  const digest = `sha256:${createHash('sha256').update(data).digest('hex')}`;
  const uploads = `http://${REGISTRY}/v2/${REPOSITORY}/dist/blobs/uploads/`;
  const begun = await fetch(uploads, { method: 'POST' });
  if (begun.status !== 202) throw await refused(begun);
  const upload = new URL(begun.headers.get('location') ?? '', uploads);
  upload.searchParams.set('digest', digest);
  await put(`${upload.pathname}${upload.search}`, 'application/octet-stream', data);
  return { digest, size: data.length };
}

async function put(path: string, type: string, body: Buffer | object): Promise<void> {
  const answer = await fetch(new URL(path, `http://${REGISTRY}/`), {
    method: 'PUT',
    headers: { 'Content-Type': type },
    body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body),
  });
  if (answer.status !== 201) throw await refused(answer);
}

async function refused(answer: Response): Promise<Error> {
  return new Error(`${answer.url}: ${answer.status} ${await answer.text()}`);
}
