import { existsSync, mkdirSync } from 'node:fs';
import { kindContext } from '@tenantry/tenants';
import { dockerFailure, isRunning, startContainers, stoppedContainers } from '../tools/docker.ts';
import { createCluster, exportKubeconfig, listClusters, listNodes } from '../tools/kind.ts';
import { kubectl, type Target } from '../tools/kubectl.ts';
import { poll } from '../kube/wait.ts';
import type { Report } from '../cli/report.ts';
import { buildNodeImage, kindConfig, setUpSealed } from '../sealed/index.ts';
import { ensureTools, type Toolbox } from '../tools/toolchain.ts';
import { chooseWay, officialNodeImage, type Way } from './image-source.ts';
import { quietShell, type Shell } from '../cli/shell.ts';
import type { Workspace } from '../cli/workspace.ts';

export interface OwnCluster {
  readonly toolbox: Toolbox;
  readonly way: Way;
  readonly target: Target;
}

const READY_TIMEOUT_SECONDS = 180;

/** Makes our kind cluster and everything it needs, or finds that all is there. */
export async function ensureOwnCluster(
  workspace: Workspace,
  report: Report,
  signal: AbortSignal,
): Promise<OwnCluster> {
  mkdirSync(workspace.state, { recursive: true, mode: 0o700 });
  const way = await chooseWay(quietShell({ signal }));
  report.line(
    `cluster ${workspace.cluster}: ${way.sealed ? 'sealed' : 'official images'} (${way.why})`,
  );
  if (way.sealed && !(await isUp(quietShell({ signal }), workspace.cluster))) {
    await setUpSealed(quietShell({ signal }), report, workspace.cache);
  }
  const toolbox = await ensureTools(workspace, report, signal);
  const { $ } = toolbox;
  const target = { kubeconfig: workspace.kubeconfig, context: kindContext(workspace.cluster) };
  if (!(await listClusters($)).includes(workspace.cluster)) {
    const image = way.sealed
      ? await buildNodeImage($, report, workspace.cache)
      : officialNodeImage();
    await report.step(`kind cluster ${workspace.cluster} from ${image.replace(/@.*/, '')}`, () =>
      createCluster($, {
        name: workspace.cluster,
        image,
        config: kindConfig(),
        kubeconfig: workspace.kubeconfig,
      }),
    );
  } else {
    await wake(workspace, toolbox, report);
  }
  await waitForApi(toolbox, target, signal);
  return { toolbox, way, target };
}

/** Whether a cluster's node runs; without a Docker engine none does. */
async function isUp($: Shell, cluster: string): Promise<boolean> {
  return (await dockerFailure($)) === null && (await isRunning($, `${cluster}-control-plane`));
}

/** Starts what a restart of the machine has stopped, and finds the context again. */
async function wake(workspace: Workspace, { $ }: Toolbox, report: Report): Promise<void> {
  const stopped = await stoppedContainers($, await listNodes($, workspace.cluster));
  if (stopped.length > 0)
    await report.step(`starting ${stopped.join(', ')}`, () => startContainers($, stopped));
  if (stopped.length > 0 || !existsSync(workspace.kubeconfig)) {
    await exportKubeconfig($, workspace.cluster, workspace.kubeconfig);
  }
}

async function waitForApi({ $ }: Toolbox, target: Target, signal: AbortSignal): Promise<void> {
  await poll(
    async () => {
      try {
        await kubectl($, target, [
          'wait',
          'node',
          '--all',
          '--for=condition=Ready',
          '--timeout=5s',
        ]);
        return { done: true, result: undefined };
      } catch (error) {
        return { done: false, diagnostics: String(error) };
      }
    },
    { what: `nodes of ${target.context}`, timeoutSeconds: READY_TIMEOUT_SECONDS, signal },
  );
}
