import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gatewayVersions } from '@tenantry/sealed/gateway';
import type { Report } from '../cli/report.ts';
import type { Workspace } from '../cli/workspace.ts';
import { clientOf } from '../kube/connect.ts';
import { watchRollout } from '../kube/watch-rollout.ts';
import { buildGatewayImage, gatewayDefinitions } from '../sealed/index.ts';
import { loadImage } from '../tools/kind.ts';
import { kubectl } from '../tools/kubectl.ts';
import type { OwnCluster } from './kind-cluster.ts';

const TIMEOUT_SECONDS = 180;

const traefik = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'gateway',
  name: 'traefik',
};

/** Gives our own kind cluster the Gateway API and Traefik, which implements it. */
export async function ensureGateway(
  { toolbox: { $ }, way, target }: OwnCluster,
  { root, cache, cluster }: Workspace,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { traefik: version, gatewayApi } = gatewayVersions;
  const image = way.sealed ? await buildGatewayImage($, report, cache) : `traefik:${version}`;
  const definitions = way.sealed
    ? await gatewayDefinitions($)
    : `https://github.com/kubernetes-sigs/gateway-api/releases/download/${gatewayApi}/standard-install.yaml`;
  const file = path.join(root, 'packages/sealed/gateway/traefik.yaml');
  const manifest = readFileSync(file, 'utf8').replace('image: traefik\n', `image: ${image}\n`);
  if (way.sealed) await report.step(`load ${image}`, () => loadImage($, cluster, image));
  await report.step(`Gateway API ${gatewayApi} and Traefik ${version}`, async () => {
    const apply = ['apply', '--server-side', '--force-conflicts', '-f'];
    await kubectl($, target, [...apply, definitions]);
    const established = ['--for=condition=Established', '--timeout=25s'];
    await kubectl($, target, [
      'wait',
      'crd/gatewayclasses.gateway.networking.k8s.io',
      ...established,
    ]);
    await kubectl($, target, [...apply, '-'], manifest);
    using client = await clientOf(target);
    await watchRollout(client, traefik, { timeoutSeconds: TIMEOUT_SECONDS, signal });
  });
}
