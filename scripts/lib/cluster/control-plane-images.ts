import { KUBERNETES_TAG } from '@tenantry/plan';
import { vclusterImage } from '@tenantry/sealed';
import { tenantImages } from '@tenantry/sealed/versions';
import { defaultVersions, kubernetesVersions } from '@tenantry/sealed/tenant-versions';
import { valueAt } from '@tenantry/tenants';
import pLimit from 'p-limit';
import { Fault } from '../cli/errors.ts';
import type { Report } from '../cli/report.ts';
import { quietShell, run } from '../cli/shell.ts';
import type { Workspace } from '../cli/workspace.ts';
import type { TenantDist } from '../dist/read.ts';
import { buildVclusterImage } from '../sealed/index.ts';
import { imagesInNode } from '../tools/docker.ts';
import { listNodes, loadImage } from '../tools/kind.ts';
import type { Host } from './host.ts';
import { chooseWay } from './image-source.ts';

/** Tenants that are deployed side by side ask for the same images. */
const provideOne = pLimit(1);

/**
 * Sees to it that a kind cluster of this machine which can pull nothing can start a tenant's control
 * plane: of a version that its nodes do not carry the image is built, and loaded.
 * @throws Fault where it cannot be built here
 */
export async function ensureControlPlaneImages(
  host: Pick<Host, '$' | 'kindCluster'>,
  tenant: Pick<TenantDist, 'id' | 'chartVersion' | 'values'>,
  workspace: Pick<Workspace, 'cache'>,
  report: Report,
): Promise<void> {
  const { $, kindCluster } = host;
  const { id, chartVersion } = tenant;
  const kubernetes = String(valueAt(tenant.values, KUBERNETES_TAG)).replace(/^v/, '');
  // What a node is made with.
  if (chartVersion === defaultVersions.vcluster && kubernetesVersions[kubernetes]?.isBuilt) return;
  if (kindCluster === null) return;
  await provideOne(async () => {
    const nodes = await listNodes($, kindCluster);
    const loaded = await Promise.all(nodes.map((node) => imagesInNode($, node)));
    const isLoaded = (image: string) => loaded.every((images) => images.includes(image));
    const [vcluster = ''] = vclusterImage(chartVersion).tags;
    const { registry, repository } = tenantImages.kubernetes;
    const apiServer = `${registry}/${repository}:v${kubernetes}`;
    if ([vcluster, apiServer].every(isLoaded) || !(await chooseWay(quietShell())).sealed) return;
    if (!isLoaded(apiServer)) throw notBuilt(id, kubernetes, apiServer);
    const built = await buildVclusterImage($, report, workspace.cache, chartVersion);
    await report.step(`load ${vcluster}`, async () => {
      await run($, 'docker', ['tag', built, vcluster]);
      await loadImage($, kindCluster, vcluster);
      // Docker keeps no image of ours under a public name.
      await run($, 'docker', ['image', 'rm', vcluster]);
    });
  });
}

function notBuilt(id: string, version: string, image: string): Fault {
  const built = Object.keys(kubernetesVersions).filter((each) => kubernetesVersions[each]?.isBuilt);
  return new Fault({
    what: `${id}: Kubernetes ${version}`,
    why: `${image} is pulled from a registry, which cannot be reached from here, and is not built`,
    todo: `use a machine that reaches one, or name ${built.join(' or ')} in the tenant's versions`,
  });
}
