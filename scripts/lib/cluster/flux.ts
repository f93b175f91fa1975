import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { V1NetworkPolicy } from '@tenantry/kube-library';
import type { ApiAddress } from '@tenantry/manifests';
import { FLUX_NAMESPACE, FLUX_PAUSE_APP } from '@tenantry/tenants';
import { fluxControllers, type FluxImage, fluxImages, kubectlImage } from '@tenantry/sealed/flux';
import type { Report } from '../cli/report.ts';
import { run, type Shell } from '../cli/shell.ts';
import { privateDirectory } from '../cli/temp-dir.ts';
import type { Workspace } from '../cli/workspace.ts';
import { clientOf } from '../kube/connect.ts';
import { watchRollout } from '../kube/watch-rollout.ts';
import { buildFluxImages, fluxManifests } from '../sealed/index.ts';
import { loadImage } from '../tools/kind.ts';
import { kubectl } from '../tools/kubectl.ts';
import { apiAddresses } from './api-addresses.ts';
import type { OwnCluster } from './kind-cluster.ts';

const TIMEOUT_SECONDS = 180;

/** Gives our own kind cluster Flux, and an OCI registry that it reads from. */
export async function ensureFlux(
  { toolbox: { $ }, way, target }: OwnCluster,
  { root, cache, cluster, state }: Workspace,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const images = way.sealed
    ? await buildFluxImages($, report, cache)
    : new Map(fluxImages.map((part) => [part, part.published]));
  for (const image of way.sealed ? [...images.values(), kubectlImage] : []) {
    await report.step(`load ${image}`, () => loadImage($, cluster, image));
  }
  const names = fluxControllers.map(({ image, version }) => `${nameOf(image)} ${version}`);
  await report.step(names.join(', '), async () => {
    using client = await clientOf(target);
    const policy = apiServerPolicy(await apiAddresses(client));
    const manifests = await render($, { root, state }, images);
    const apply = ['apply', '--server-side', '--force-conflicts', '-f', '-'];
    await kubectl($, target, apply, `${manifests}\n---\n${JSON.stringify(policy)}`);
    await Promise.all(
      fluxImages.map(({ image }) => {
        const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: FLUX_NAMESPACE };
        const named = { ...deployment, name: nameOf(image) };
        return watchRollout(client, named, { timeoutSeconds: TIMEOUT_SECONDS, signal });
      }),
    );
  });
}

function nameOf(image: string): string {
  return path.posix.basename(image);
}

/** The controllers' own manifests, with what packages/sealed/flux/install changes of them. */
async function render(
  $: Shell,
  { root, state }: Pick<Workspace, 'root' | 'state'>,
  images: ReadonlyMap<FluxImage, string>,
): Promise<string> {
  using work = privateDirectory(state, 'flux');
  const install = path.join(work.path, 'install');
  await cp(path.join(root, 'packages/sealed/flux/install'), install, { recursive: true });
  for (const part of fluxControllers) {
    const manifests = await fluxManifests($, part);
    // Not `cp`: what is in Go's module cache is read-only, directories too.
    await $`cp -r --no-preserve=mode ${manifests} ${path.join(install, nameOf(part.image))}`;
  }
  const named = [...images].map(([{ image: name }, reference]) => {
    const colon = reference.lastIndexOf(':');
    return { name, newName: reference.slice(0, colon), newTag: reference.slice(colon + 1) };
  });
  const file = path.join(work.path, 'kustomization.yaml');
  await writeFile(file, JSON.stringify({ resources: ['install'], images: named }));
  return await run($, 'kubectl', ['kustomize', work.path]);
}

/** Lets the controllers and pauses reach the host's API server, by its addresses alone. */
function apiServerPolicy(addresses: readonly ApiAddress[]): V1NetworkPolicy {
  const controllers = fluxControllers.map(({ image }) => nameOf(image));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'api-server', namespace: FLUX_NAMESPACE },
    spec: {
      podSelector: {
        matchExpressions: [
          { key: 'app', operator: 'In', values: [...controllers, FLUX_PAUSE_APP] },
        ],
      },
      policyTypes: ['Egress'],
      egress: addresses.map(({ address, port }) => ({
        to: [{ ipBlock: { cidr: `${address}/32` } }],
        ports: [{ port, protocol: 'TCP' }],
      })),
    },
  };
}
